/* SPDX-License-Identifier: Apache-2.0 */
/* What the VMs' device trees tell, against the board's tree: CPUs, timer, PMU, devices, aliases. */
#include <inttypes.h>
#include <string.h>

#include "check_board_nodes.h"

#define NAME_ROOM 80

static void check_devices(const struct trees *trees)
{
    int node;
    fdt_for_each_subnode(node, trees->tree, 0)
    {
        if (check_tree_is_machine(trees->check, trees->vm, node)) {
            continue;
        }
        board_nodes_compare(trees, node);
    }
}

/* What a node of the guest's says that the board's must say too, but for what the plan has
 * (@expected). */
static void compare_facts(const struct trees *trees, int node, int board_node, int expected_node)
{
    const void *expected = trees->check->expected[trees->vm];
    int at, length;
    fdt_for_each_property_offset(at, trees->tree, node)
    {
        const char *name;
        const void *value = fdt_getprop_by_offset(trees->tree, at, &name, &length);
        bool planned =
            expected_node >= 0 && fdt_getprop(expected, expected_node, name, NULL) != NULL;
        if (value == NULL ||
            (!planned && !board_nodes_say(trees->board->tree, board_node, name, value, length))) {
            board_nodes_report(trees, node, name);
        }
    }
    if (fdt_getprop(trees->tree, node, "compatible", NULL) == NULL) {
        board_nodes_report(trees, node, "compatible");
    }
}

static void compare_cpus(const struct trees *trees)
{
    const struct plan_view *plan = &trees->check->view.plan;
    const void *expected = trees->check->expected[trees->vm];
    int node, expected_cpus = tree_child(expected, 0, "cpus");
    uint32_t i = 0;
    fdt_for_each_subnode(node, trees->tree, tree_child(trees->tree, 0, "cpus"))
    {
        if (i >= plan->vms[trees->vm].vcpu_count) {
            return; /* one too many has been reported */
        }
        uint32_t cpu = plan->vcpus[plan->vms[trees->vm].first_vcpu + i++].cpu;
        uint32_t number = plan->cores[cpu].number;
        if (number < trees->board->core_count) {
            compare_facts(
                trees, node, trees->board->cores[number].node,
                tree_child(expected, expected_cpus, fdt_get_name(trees->tree, node, NULL)));
        }
    }
}

/* The board's PMU that has PPI 23, or any node else; negative: none. */
static int board_pmu(const void *tree)
{
    int length;
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
        const fdt32_t *cells = fdt_getprop(tree, node, "interrupts", &length);
        if (strncmp(fdt_get_name(tree, node, NULL), "pmu", 3) == 0 && cells != NULL &&
            length >= 12 && fdt32_to_cpu(cells[0]) == 1 && fdt32_to_cpu(cells[1]) == 7 &&
            tree_enabled(tree, node)) {
            return node;
        }
    }
    return -FDT_ERR_NOTFOUND;
}

static void check_machine(const struct trees *trees)
{
    const void *board = trees->board->tree;
    int timer = tree_child(trees->tree, 0, "timer");
    int pmu = tree_child(trees->tree, 0, "pmu");
    int controller = tree_controller(trees->tree);
    int board_controller = tree_controller(board);
    if (timer >= 0) {
        compare_facts(trees, timer, tree_find(board, "arm,armv8-timer"), -1);
    }
    if (pmu >= 0) {
        compare_facts(trees, pmu, board_pmu(board), -1);
    }
    if (controller >= 0 &&
        (fdt_get_phandle(trees->tree, controller) != board_nodes_phandle(board, board_controller) ||
         tree_word(trees->tree, controller, "#interrupt-cells", 3) !=
             tree_word(board, board_controller, "#interrupt-cells", 3))) {
        board_nodes_report(trees, controller, "phandle or #interrupt-cells");
    }
}

/* Where an alias leads: to the same device as on the board, or it numbers the VM's UARTs from 0. */
static void check_aliases(const struct trees *trees)
{
    int at, aliases = tree_child(trees->tree, 0, "aliases");
    int chosen = tree_child(trees->tree, 0, "chosen");
    unsigned serials = 0;
    const char *name;
    fdt_for_each_property_offset(at, trees->tree, aliases)
    {
        char expected[NAME_ROOM];
        bool read = fdt_getprop_by_offset(trees->tree, at, &name, NULL) != NULL;
        const char *path = read ? tree_text(trees->tree, aliases, name) : NULL;
        int node = path != NULL ? fdt_path_offset(trees->tree, path) : -1;
        snprintf(expected, sizeof(expected), "serial%u", serials);
        if (node >= 0 && strcmp(name, expected) == 0) {
            serials++;
            for (unsigned i = 0; i + 1 < serials; i++) {
                snprintf(expected, sizeof(expected), "serial%u", i);
                if (fdt_path_offset(trees->tree, tree_text(trees->tree, aliases, expected)) ==
                    node) {
                    board_nodes_report(trees, aliases, name);
                }
            }
        } else {
            const char *board_path = read ? fdt_get_alias(trees->board->tree, name) : NULL;
            int board_node =
                board_path != NULL ? fdt_path_offset(trees->board->tree, board_path) : -1;
            if (!read || node < 0 || board_node < 0 ||
                !board_nodes_match(trees, node, board_node)) {
                board_nodes_report(trees, aliases, "an alias");
            }
        }
    }
    const char *first = aliases >= 0 ? tree_text(trees->tree, aliases, "serial0") : NULL;
    const char *output = chosen >= 0 ? tree_text(trees->tree, chosen, "stdout-path") : NULL;
    if ((first == NULL) != (output == NULL) || (first != NULL && strcmp(first, output) != 0)) {
        board_nodes_report(trees, chosen, "stdout-path");
    }
}

void check_board_trees(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        const struct trees trees = {
            .check = check, .vm = vm, .tree = check->trees[vm], .board = check->sources->board};
        if (trees.tree != NULL) {
            compare_cpus(&trees);
            check_machine(&trees);
            check_devices(&trees);
            check_aliases(&trees);
        }
    }
}
