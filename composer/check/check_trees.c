/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That the interrupts in the VMs' device trees are the VM's own, and no device's a doorbell: what a
 * VM's tree says of a device is what the VM takes for its interrupt.
 */
#include <inttypes.h>
#include <string.h>

#include "check_tree.h"
#include "plan_gic.h"

/* type, number, flags; type 0 is an SPI, 1 a PPI (Linux bindings arm,gic and arm,gic-v3) */
#define SPI_SPECIFIER 3
#define SPECIFIER_MAX 16
#define FIRST_PPI     16U

/* The channel whose doorbell the interrupt is, or PLAN_NONE. */
static uint32_t channel_of(const struct plan_view *plan, uint32_t intid)
{
    for (uint32_t channel = 0; channel < plan->channel_count; channel++) {
        for (uint32_t i = 0; i < plan->channels[channel].members.count; i++) {
            if (plan_view_members(plan, channel)[i].intid == intid) {
                return channel;
            }
        }
    }
    return PLAN_NONE;
}

/* How many cells an interrupt of @controller has; *@is_gic: whether they are as a GIC wants them.
 * 0: nothing is known.
 */
static uint32_t specifier_cells(const void *tree, int controller, bool *is_gic)
{
    uint32_t cells = controller >= 0 ? tree_word(tree, controller, "#interrupt-cells", 0) : 0;
    *is_gic = tree_controller_version(tree, controller) != 0;
    return cells <= SPECIFIER_MAX && (cells >= SPI_SPECIFIER || !*is_gic) ? cells : 0;
}

/* Interrupt @intid, an SPI, is one of @node's. */
static void check_spi(struct check *check, uint32_t vm, const void *tree, int node, uint32_t intid,
                      uint8_t trigger)
{
    const char *label = fdt_getprop(tree, node, "label", NULL);
    check->trigger_said[intid] |= trigger;
    if (!plan_vm_owns(&check->view.plan.vms[vm], intid)) {
        report_fail(check->view.report, PROPERTY_INTERRUPTS_OWNER,
                    "%.64s of %s has interrupt %u, which is not its own",
                    fdt_get_name(tree, node, NULL), check->view.vm_who[vm], intid);
    }
    if (intid == check->view.plan.plan->manager_intid &&
        fdt_node_check_compatible(tree, node, "nagaya,manager") != 0) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                    "interrupt %u tells the manager of lost VMs, but %.64s of %s has it", intid,
                    fdt_get_name(tree, node, NULL), check->view.vm_who[vm]);
    }
    uint32_t channel = channel_of(&check->view.plan, intid);
    if (channel == PLAN_NONE ||
        (fdt_node_check_compatible(tree, node, "nagaya,channel") == 0 && label != NULL &&
         strcmp(label, check->view.plan.channels[channel].name) == 0)) {
        return;
    }
    report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                "interrupt %u rings in %s, but %.64s of %s has it", intid,
                check->view.plan.channels[channel].name, fdt_get_name(tree, node, NULL),
                check->view.vm_who[vm]);
}

static void check_ppi(struct check *check, uint32_t vm, const void *tree, int node,
                      const fdt32_t *specifier)
{
    uint32_t number = fdt32_to_cpu(specifier[1]);
    uint32_t all = (1U << check->view.plan.vms[vm].vcpu_count) - 1;
    if (number < PLAN_FIRST_SPI - FIRST_PPI &&
        fdt_node_check_compatible(tree, node, "arm,armv8-timer") != 0 &&
        strcmp(fdt_get_name(tree, node, NULL), "pmu") != 0) {
        check->private_said[vm] |= 1U << (number + FIRST_PPI);
    }
    if (plan_has_gicv2(check->view.plan.plan) &&
        (fdt32_to_cpu(specifier[2]) & SPECIFIER_CPUS) >> SPECIFIER_CPUS_SHIFT != all) {
        report_fail(
            check->view.report, PROPERTY_TREES_MACHINE,
            "%s: PPI %u of %.64s in its device tree is not that of just its CPUs (mask 0x%x)",
            check->view.vm_who[vm], number, fdt_get_name(tree, node, NULL), all);
    }
}

static void check_specifier(struct check *check, uint32_t vm, const void *tree, int node,
                            const fdt32_t *specifier)
{
    uint32_t number = fdt32_to_cpu(specifier[1]);
    /* 1 and 2 are edges, 4 and 8 levels (the same bindings). */
    uint8_t trigger = (fdt32_to_cpu(specifier[2]) & 3) != 0 ? TRIGGER_EDGE : TRIGGER_LEVEL;
    if (fdt32_to_cpu(specifier[0]) == SPECIFIER_TYPE_PPI) {
        check_ppi(check, vm, tree, node, specifier);
    }
    if (fdt32_to_cpu(specifier[0]) == 0 && number < PLAN_MAX_INTIDS - PLAN_FIRST_SPI) {
        check_spi(check, vm, tree, node, number + PLAN_FIRST_SPI, trigger);
    }
}

static void report_unreadable(struct check *check, uint32_t vm, const void *tree, int node,
                              const char *what)
{
    report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                "%s: %s of %.64s in its device tree can't be read", check->view.vm_who[vm], what,
                fdt_get_name(tree, node, NULL));
}

/* A frame for messages raises any of its SPIs, as edges (Linux binding arm,gic). */
static void check_messages(struct check *check, uint32_t vm, const void *tree, int node)
{
    uint32_t first = tree_word(tree, node, "arm,msi-base-spi", 0);
    uint32_t count = tree_word(tree, node, "arm,msi-num-spis", 0);
    if (fdt_node_check_compatible(tree, node, "arm,gic-v2m-frame") != 0) {
        return;
    }
    if (first < PLAN_FIRST_SPI || first >= PLAN_INTID_END || count == 0 ||
        count > PLAN_INTID_END - first) {
        report_unreadable(check, vm, tree, node, "arm,msi-base-spi");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        check_spi(check, vm, tree, node, first + i, TRIGGER_EDGE);
    }
}

/* `interrupts`, all of the one controller with the phandle @parent. */
static void check_interrupts_of(struct check *check, uint32_t vm, const void *tree, int node,
                                uint32_t parent)
{
    int length = 0;
    bool is_gic;
    const fdt32_t *cells = fdt_getprop(tree, node, "interrupts", &length);
    if (cells == NULL) {
        return;
    }
    uint32_t step = specifier_cells(tree, fdt_node_offset_by_phandle(tree, parent), &is_gic);
    if (step == 0) {
        report_unreadable(check, vm, tree, node, "interrupts");
        return;
    }
    for (uint32_t i = 0; is_gic && (i + step) * 4 <= (uint32_t)length; i += step) {
        check_specifier(check, vm, tree, node, &cells[i]);
    }
}

/* `interrupts-extended`: each with its controller before it. */
static void check_extended(struct check *check, uint32_t vm, const void *tree, int node)
{
    int length = 0;
    const fdt32_t *cells = fdt_getprop(tree, node, "interrupts-extended", &length);
    for (uint32_t i = 0; cells != NULL && i * 4 < (uint32_t)length;) {
        bool is_gic = false;
        int controller = fdt_node_offset_by_phandle(tree, fdt32_to_cpu(cells[i]));
        uint32_t step = 1 + specifier_cells(tree, controller, &is_gic);
        if (step == 1 || (i + step) * 4 > (uint32_t)length) {
            report_unreadable(check, vm, tree, node, "interrupts-extended");
            return;
        }
        if (is_gic) {
            check_specifier(check, vm, tree, node, &cells[i + 1]);
        }
        i += step;
    }
}

static void check_tree(struct check *check, uint32_t vm, const void *tree)
{
    /* A node's interrupts go where it, or the nearest node above it, says. */
    uint32_t parents[TREE_DEPTH_MAX] = {0};
    int depth = -1;
    for (int node = fdt_next_node(tree, -1, &depth); node >= 0;
         node = fdt_next_node(tree, node, &depth)) {
        if (depth < 0) {
            return; /* the end of the root */
        }
        if (depth >= TREE_DEPTH_MAX) {
            report_unreadable(check, vm, tree, node, "the depth");
            return;
        }
        uint32_t own = tree_word(tree, node, "interrupt-parent", 0);
        parents[depth] = own == 0 && depth > 0 ? parents[depth - 1] : own;
        check->has_nexus[vm] |= fdt_getprop(tree, node, "interrupt-map", NULL) != NULL;
        check_interrupts_of(check, vm, tree, node, parents[depth]);
        check_extended(check, vm, tree, node);
        check_messages(check, vm, tree, node);
    }
}

void check_trees(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        if (check->trees[vm] != NULL) {
            check_tree(check, vm, check->trees[vm]);
        }
    }
}
