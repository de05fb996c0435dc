/* SPDX-License-Identifier: Apache-2.0 */
/* That what a VM's device tree tells of its machine is what the plan gives it: node by node,
 * property by property. */
#include <inttypes.h>
#include <string.h>

#include "check_tree.h"

/** One comparison. */
struct comparison {
    struct check *check;
    uint32_t vm;
    const void *tree;
    const void *expected;
};

/* What else a CPU's node may have: which core it is, as only the board knows. */
static const char *const cpu_facts[] = {
    "compatible",   "capacity-dmips-mhz", "i-cache-size",      "i-cache-line-size",
    "i-cache-sets", "d-cache-size",       "d-cache-line-size", "d-cache-sets",
};

static bool is_cpu_fact(const char *name)
{
    for (size_t i = 0; i < sizeof(cpu_facts) / sizeof(cpu_facts[0]); i++) {
        if (strcmp(name, cpu_facts[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void report_property(const struct comparison *comparison, int node, const char *name,
                            const char *what)
{
    report_fail(comparison->check->view.report, PROPERTY_TREES_MACHINE,
                "%s: %s of %.64s in its device tree %s",
                comparison->check->view.vm_who[comparison->vm], name,
                tree_above(comparison->tree, node) < 0 ? "/"
                                                       : fdt_get_name(comparison->tree, node, NULL),
                what);
}

static void compare_properties(const struct comparison *comparison, int expected_node, int node,
                               bool is_cpu)
{
    const char *name;
    int at, length;
    fdt_for_each_property_offset(at, comparison->expected, expected_node)
    {
        const void *value = fdt_getprop_by_offset(comparison->expected, at, &name, &length);
        if (!tree_says(comparison->tree, node, name, value, length)) {
            report_property(comparison, node, name, "does not say what the plan says");
        }
    }
    fdt_for_each_property_offset(at, comparison->tree, node)
    {
        if (fdt_getprop_by_offset(comparison->tree, at, &name, &length) != NULL &&
            fdt_getprop(comparison->expected, expected_node, name, NULL) == NULL &&
            !(is_cpu && is_cpu_fact(name))) {
            report_property(comparison, node, name, "has no place there");
        }
    }
}

/* @level: 0 is the root, which alone may have more nodes than are expected. Recursion ends with
 * the expected tree. */
static void compare_node(const struct comparison *comparison, int expected_node, int node,
                         unsigned level)
{
    int child;
    compare_properties(comparison, expected_node, node, level == 2);
    fdt_for_each_subnode(child, comparison->expected, expected_node)
    {
        const char *name = fdt_get_name(comparison->expected, child, NULL);
        int own = tree_child(comparison->tree, node, name);
        if (own >= 0) {
            compare_node(comparison, child, own, level + 1);
        } else {
            report_fail(comparison->check->view.report, PROPERTY_TREES_MACHINE,
                        "%s: its device tree has no %s",
                        comparison->check->view.vm_who[comparison->vm], name);
        }
    }
    fdt_for_each_subnode(child, comparison->tree, node)
    {
        const char *name = fdt_get_name(comparison->tree, child, NULL);
        if (level > 0 && tree_child(comparison->expected, expected_node, name) < 0) {
            report_property(comparison, node, name, "has no place there");
        }
        if (tree_child(comparison->tree, node, name) != child) {
            report_property(comparison, node, name, "is there twice");
        }
    }
}

bool check_tree_is_machine(const struct check *check, uint32_t vm, int node)
{
    static const char *const further[] = {"timer", "pmu", "aliases", "chosen"};
    const char *name = fdt_get_name(check->trees[vm], node, NULL);
    for (size_t i = 0; i < sizeof(further) / sizeof(further[0]); i++) {
        if (strcmp(name, further[i]) == 0) {
            return true;
        }
    }
    return tree_child(check->expected[vm], 0, name) >= 0;
}

static bool is_path(const void *tree, const char *value)
{
    return value != NULL && value[0] == '/' && fdt_path_offset(tree, value) >= 0;
}

static void check_aliases(const struct comparison *comparison)
{
    int at, aliases = tree_child(comparison->tree, 0, "aliases");
    fdt_for_each_property_offset(at, comparison->tree, aliases)
    {
        const char *name;
        if (fdt_getprop_by_offset(comparison->tree, at, &name, NULL) == NULL ||
            !is_path(comparison->tree, tree_text(comparison->tree, aliases, name))) {
            report_property(comparison, aliases, name, "leads nowhere");
        }
    }
}

static bool in_ram(const struct comparison *comparison, uint64_t start, uint64_t end)
{
    const struct plan_memory *memory =
        plan_view_memory(&comparison->check->view.plan, comparison->vm);
    for (uint32_t i = 0; i < comparison->check->view.plan.vms[comparison->vm].memory.count; i++) {
        if (image_view_is_ram(&comparison->check->view, comparison->vm, &memory[i]) &&
            range_contains(memory[i].ipa, memory[i].size, start, end - start)) {
            return true;
        }
    }
    return false;
}

static uint64_t number_of(const void *tree, int node, const char *name)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, node, name, &length);
    return cells != NULL && length == 8 ? tree_cells(cells, 2) : 0;
}

static void check_chosen(const struct comparison *comparison)
{
    const void *tree = comparison->tree;
    int at, chosen = tree_child(tree, 0, "chosen");
    fdt_for_each_property_offset(at, tree, chosen)
    {
        const char *name;
        const void *value = fdt_getprop_by_offset(tree, at, &name, NULL);
        if (value != NULL && strcmp(name, "stdout-path") == 0) {
            if (!is_path(tree, tree_text(tree, chosen, name))) {
                report_property(comparison, chosen, name, "leads nowhere");
            }
        } else if (value != NULL && strcmp(name, "bootargs") == 0) {
            if (tree_text(tree, chosen, name) == NULL) {
                report_property(comparison, chosen, name, "is no text");
            }
        } else if (value == NULL || (strcmp(name, "linux,initrd-start") != 0 &&
                                     strcmp(name, "linux,initrd-end") != 0)) {
            report_property(comparison, chosen, name, "has no place there");
        }
    }
    uint64_t start = number_of(tree, chosen, "linux,initrd-start");
    uint64_t end = number_of(tree, chosen, "linux,initrd-end");
    bool given = chosen >= 0 && (fdt_getprop(tree, chosen, "linux,initrd-start", NULL) != NULL ||
                                 fdt_getprop(tree, chosen, "linux,initrd-end", NULL) != NULL);
    if (given && (start >= end || !in_ram(comparison, start, end))) {
        report_property(comparison, chosen, "linux,initrd-start",
                        "and -end are no range of its RAM");
    }
}

void check_tree_machine(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        if (check->trees[vm] == NULL) {
            continue;
        }
        check->expected[vm] = check_tree_expected(check, vm);
        const struct comparison comparison = {
            .check = check, .vm = vm, .tree = check->trees[vm], .expected = check->expected[vm]};
        compare_node(&comparison, 0, 0, 0);
        check_aliases(&comparison);
        check_chosen(&comparison);
    }
}
