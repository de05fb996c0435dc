/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the VMs' device trees tell of devices, against the board's tree: whatever a guest's node says, the board's node
 * says too. Addresses, which a guest sees as the CPU does, are translated first.
 */
#include <inttypes.h>
#include <string.h>

#include "check_tree.h"

#define CELLS_MAX 64
#define NAME_ROOM 80

/* What is compared. */
struct trees {
    struct check *check;
    uint32_t vm;
    const void *tree;
    const struct board_source *board;
};

static void report_node(const struct trees *trees, int node, const char *what)
{
    report_fail(trees->check->report, PROPERTY_BOARD_TREES, "%s: %s of %.64s in its device tree is not as on board %s",
                trees->check->vm_who[trees->vm], what, fdt_get_name(trees->tree, node, NULL), trees->board->name);
}

static bool is_inherited(const void *tree, int node, const char *name)
{
    for (; node >= 0; node = fdt_parent_offset(tree, node)) {
        if (fdt_getprop(tree, node, name, NULL) != NULL) {
            return true;
        }
    }
    return false;
}

/* The phandle of what takes the interrupts of @node: its own word, that of a node above, or a controller above. */
static uint32_t interrupt_parent(const void *tree, int node)
{
    for (int at = node; at >= 0; at = fdt_parent_offset(tree, at)) {
        uint32_t phandle = tree_word(tree, at, "interrupt-parent", 0);
        if (phandle != 0) {
            return phandle;
        }
        if (at != node && fdt_getprop(tree, at, "interrupt-controller", NULL) != NULL) {
            return fdt_get_phandle(tree, at);
        }
    }
    return 0;
}

/* "reg" of a node of the root: the board's registers as the CPU sees them. */
static bool has_registers(const struct trees *trees, int board_node, const void *value, int length)
{
    struct spans registers = {0};
    fdt64_t cells[CELLS_MAX] = {0};
    board_registers(trees->board->tree, board_node, &registers);
    bool fits = registers.count <= CELLS_MAX / 2 && (size_t)length == registers.count * 2 * sizeof(cells[0]);
    for (size_t i = 0; fits && i < registers.count; i++) {
        cells[2 * i] = cpu_to_fdt64(registers.items[i].start);
        cells[2 * i + 1] = cpu_to_fdt64(registers.items[i].size);
    }
    fits = fits && memcmp(value, cells, (size_t)length) == 0;
    spans_free(&registers);
    return fits;
}

static bool property_agrees(const struct trees *trees, int board_node, bool top, const char *name, const void *value,
                            int length)
{
    if (top && strcmp(name, "reg") == 0) {
        return has_registers(trees, board_node, value, length);
    }
    if (top && strcmp(name, "interrupt-parent") == 0) {
        fdt32_t phandle = cpu_to_fdt32(interrupt_parent(trees->board->tree, board_node));
        return length == sizeof(phandle) && memcmp(value, &phandle, sizeof(phandle)) == 0;
    }
    if (top && strcmp(name, "dma-coherent") == 0) {
        return length == 0 && is_inherited(trees->board->tree, board_node, name);
    }
    return tree_says(trees->board->tree, board_node, name, value, length);
}

/* @top: the guest's node is one of its root. Recursion ends with the guest's tree. */
static void compare_nodes(const struct trees *trees, int node, int board_node, bool top)
{
    static const char *const needed[] = {"compatible", "interrupts", "interrupts-extended", "clocks", "phandle"};
    const char *name;
    int at, length, child;
    fdt_for_each_property_offset(at, trees->tree, node)
    {
        const void *value = fdt_getprop_by_offset(trees->tree, at, &name, &length);
        if (value == NULL || !property_agrees(trees, board_node, top, name, value, length)) {
            report_node(trees, node, name);
        }
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (fdt_getprop(trees->board->tree, board_node, needed[i], NULL) != NULL &&
            fdt_getprop(trees->tree, node, needed[i], NULL) == NULL) {
            report_node(trees, node, needed[i]);
        }
    }
    fdt_for_each_subnode(child, trees->tree, node)
    {
        name = fdt_get_name(trees->tree, child, NULL);
        int twin = tree_child(trees->board->tree, board_node, name);
        if (twin >= 0) {
            compare_nodes(trees, child, twin, false);
        } else {
            report_node(trees, node, name);
        }
    }
}

/* Nodes of one name that lie on two buses of the board have numbers in the guest's root: name-2@address. */
static int find_twin(const struct trees *trees, int node)
{
    char plain[NAME_ROOM];
    int length;
    const char *name = fdt_get_name(trees->tree, node, NULL);
    const fdt32_t *reg = fdt_getprop(trees->tree, node, "reg", &length);
    uint64_t address = reg != NULL && length >= 8 ? tree_cells(reg, 2) : UINT64_MAX;
    int twin = board_find(trees->board, name, address);
    size_t base = strcspn(name, "@");
    size_t end = base;
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9') {
        end--;
    }
    if (twin < 0 && end < base && end > 1 && name[end - 1] == '-' && strlen(name) < sizeof(plain)) {
        memcpy(plain, name, end - 1);
        strcpy(plain + end - 1, name + base);
        twin = board_find(trees->board, plain, address);
    }
    return twin;
}

static void check_devices(const struct trees *trees)
{
    int node;
    fdt_for_each_subnode(node, trees->tree, 0)
    {
        if (check_tree_is_machine(trees->check, trees->vm, node)) {
            continue;
        }
        int twin = find_twin(trees, node);
        if (twin >= 0) {
            compare_nodes(trees, node, twin, true);
        } else {
            report_fail(trees->check->report, PROPERTY_BOARD_TREES, "%s: its device tree has %.64s, board %s does not",
                        trees->check->vm_who[trees->vm], fdt_get_name(trees->tree, node, NULL), trees->board->name);
        }
    }
}

/* What a node of the guest's says that the board's must say too, but for what the plan has (@expected). */
static void compare_facts(const struct trees *trees, int node, int board_node, int expected_node)
{
    const void *expected = trees->check->expected[trees->vm];
    int at, length;
    fdt_for_each_property_offset(at, trees->tree, node)
    {
        const char *name;
        const void *value = fdt_getprop_by_offset(trees->tree, at, &name, &length);
        bool planned = expected_node >= 0 && fdt_getprop(expected, expected_node, name, NULL) != NULL;
        if (value == NULL || (!planned && !tree_says(trees->board->tree, board_node, name, value, length))) {
            report_node(trees, node, name);
        }
    }
    if (fdt_getprop(trees->tree, node, "compatible", NULL) == NULL) {
        report_node(trees, node, "compatible");
    }
}

static void compare_cpus(const struct trees *trees)
{
    const struct plan_view *plan = &trees->check->plan;
    const void *expected = trees->check->expected[trees->vm];
    int node, expected_cpus = fdt_path_offset(expected, "/cpus");
    uint32_t i = 0;
    fdt_for_each_subnode(node, trees->tree, fdt_path_offset(trees->tree, "/cpus"))
    {
        if (i >= plan->vms[trees->vm].vcpu_count) {
            return; /* one too many has been reported */
        }
        uint32_t cpu = plan->vcpus[plan->vms[trees->vm].first_vcpu + i++].cpu;
        uint32_t number = plan->cores[cpu].number;
        if (number < trees->board->core_count) {
            compare_facts(trees, node, trees->board->cores[number].node,
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
        if (strncmp(fdt_get_name(tree, node, NULL), "pmu", 3) == 0 && cells != NULL && length >= 12 &&
            fdt32_to_cpu(cells[0]) == 1 && fdt32_to_cpu(cells[1]) == 7 && tree_enabled(tree, node)) {
            return node;
        }
    }
    return -FDT_ERR_NOTFOUND;
}

static void check_machine(const struct trees *trees)
{
    const void *board = trees->board->tree;
    int timer = fdt_path_offset(trees->tree, "/timer");
    int pmu = fdt_path_offset(trees->tree, "/pmu");
    int controller = tree_controller(trees->tree);
    int board_controller = tree_controller(board);
    if (timer >= 0) {
        compare_facts(trees, timer, fdt_node_offset_by_compatible(board, -1, "arm,armv8-timer"), -1);
    }
    if (pmu >= 0) {
        compare_facts(trees, pmu, board_pmu(board), -1);
    }
    if (controller >= 0 && (fdt_get_phandle(trees->tree, controller) != fdt_get_phandle(board, board_controller) ||
                            tree_word(trees->tree, controller, "#interrupt-cells", 3) !=
                                tree_word(board, board_controller, "#interrupt-cells", 3))) {
        report_node(trees, controller, "phandle or #interrupt-cells");
    }
}

/* Where an alias leads: to the same device as on the board, or it numbers the VM's UARTs from 0. */
static void check_aliases(const struct trees *trees)
{
    int at, aliases = fdt_path_offset(trees->tree, "/aliases");
    int chosen = fdt_path_offset(trees->tree, "/chosen");
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
                if (fdt_path_offset(trees->tree, tree_text(trees->tree, aliases, expected)) == node) {
                    report_node(trees, aliases, name);
                }
            }
        } else {
            const char *board_path = read ? fdt_get_alias(trees->board->tree, name) : NULL;
            int board_node = board_path != NULL ? fdt_path_offset(trees->board->tree, board_path) : -1;
            if (!read || node < 0 || board_node < 0 || find_twin(trees, node) != board_node) {
                report_node(trees, aliases, "an alias");
            }
        }
    }
    const char *first = aliases >= 0 ? tree_text(trees->tree, aliases, "serial0") : NULL;
    const char *output = chosen >= 0 ? tree_text(trees->tree, chosen, "stdout-path") : NULL;
    if ((first == NULL) != (output == NULL) || (first != NULL && strcmp(first, output) != 0)) {
        report_node(trees, chosen, "stdout-path");
    }
}

void check_board_trees(struct check *check)
{
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct trees trees = {.check = check, .vm = vm, .tree = check->trees[vm], .board = check->sources->board};
        if (trees.tree != NULL) {
            compare_cpus(&trees);
            check_machine(&trees);
            check_devices(&trees);
            check_aliases(&trees);
        }
    }
}
