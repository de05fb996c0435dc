/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of each CPU's own, and how shared ones are triggered: the plan against the VMs'
 * device trees. */
#include "check_tree.h"

#define SGIS      0xffffU
#define PPI_FIRST 16U
#define PPI_PMU   23U /* Arm BSA, 3.6 */
/* secure, physical, virtual, hypervisor's (Linux binding arm,arch_timer) */
#define TIMER_COUNT   4
#define TYPE_PPI      1U
#define SPECIFIER_MIN 3

/* Which PPI is timer @index, by the tree; 0: it does not say. With `interrupts-extended`, the
 * controller stands before each. */
static uint32_t timer_ppi(const void *tree, int index)
{
    int length = 0;
    int controller = tree_controller(tree);
    int timer = fdt_node_offset_by_compatible(tree, -1, "arm,armv8-timer");
    const fdt32_t *cells =
        timer >= 0 ? fdt_getprop(tree, timer, "interrupts-extended", &length) : NULL;
    int before = cells != NULL ? 1 : 0;
    int step = before + (int)(tree_word(tree, controller, "#interrupt-cells", SPECIFIER_MIN) % 16);
    if (cells == NULL && timer >= 0) {
        cells = fdt_getprop(tree, timer, "interrupts", &length);
    }
    if (cells == NULL || step < before + SPECIFIER_MIN || length < TIMER_COUNT * step * 4) {
        return 0;
    }
    const fdt32_t *one = &cells[index * step];
    if ((before != 0 && fdt32_to_cpu(one[0]) != fdt_get_phandle(tree, controller)) ||
        fdt32_to_cpu(one[before]) != TYPE_PPI || fdt32_to_cpu(one[before + 1]) >= PPI_FIRST) {
        return 0;
    }
    return PPI_FIRST + fdt32_to_cpu(one[before + 1]);
}

/* A VM has all SGIs, the PMU's interrupt if it is none of the hypervisor's, those of the two
 * timers that a guest has, and those of its devices. */
static void check_private_interrupts(struct check *check, uint32_t vm)
{
    uint32_t physical = timer_ppi(check->trees[vm], 1);
    uint32_t virtual = timer_ppi(check->trees[vm], 2);
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    uint32_t expected = SGIS | 1U << PPI_PMU | 1U << physical | 1U << virtual;
    expected = (expected & ~(1U << gic->hypervisor_timer | 1U << gic->maintenance)) |
               check->private_said[vm];
    if (physical == 0 || virtual == 0) {
        report_fail(check->view.report, PROPERTY_INTERRUPTS_PRIVATE,
                    "%s: its device tree has no timer (arm,armv8-timer) with four PPIs",
                    check->view.vm_who[vm]);
    } else if (check->view.plan.vms[vm].intids[0] != expected) {
        report_fail(
            check->view.report, PROPERTY_INTERRUPTS_PRIVATE,
            "%s owns the private interrupts 0x%08x, but SGIs, timers, PMU and devices have 0x%08x",
            check->view.vm_who[vm], check->view.plan.vms[vm].intids[0], expected);
    } else if (virtual != gic->virtual_timer ||
               timer_ppi(check->trees[vm], 3) != gic->hypervisor_timer) {
        report_fail(check->view.report, PROPERTY_INTERRUPTS_PRIVATE,
                    "%s: its device tree has other PPIs for virtual timer and hypervisor's timer "
                    "than the plan, %u and "
                    "%u",
                    check->view.vm_who[vm], gic->virtual_timer, gic->hypervisor_timer);
    }
}

void check_private(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        if (check->trees[vm] != NULL) {
            check_private_interrupts(check, vm);
        }
    }
}

/* What a VM's tree says of its devices is what the distributor is set to; what is nobody's stays
 * as it was reset. */
void check_triggers(struct check *check)
{
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    for (uint32_t intid = PLAN_FIRST_SPI; intid < gic->intid_count; intid++) {
        bool edge = (gic->icfgr[intid / 16] >> (intid % 16 * 2 + 1) & 1) != 0;
        uint8_t said = check->trigger_said[intid];
        uint32_t owner = gic->spi_owner[intid];
        if (owner == 0) {
            if (edge || gic->spi_cpu[intid] != 0) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_TRIGGER,
                            "interrupt %u is nobody's, but is set up", intid);
            }
        } else if (check->trees[owner - 1] != NULL && !check->has_nexus[owner - 1] && said == 0) {
            report_fail(check->view.report, PROPERTY_INTERRUPTS_TRIGGER,
                        "%s owns interrupt %u, which nothing in its device tree has",
                        check->view.vm_who[owner - 1], intid);
        } else if ((said & (edge ? TRIGGER_LEVEL : TRIGGER_EDGE)) != 0) {
            report_fail(
                check->view.report, PROPERTY_INTERRUPTS_TRIGGER,
                "interrupt %u is %s-triggered by the plan, but not by the device tree of %s", intid,
                edge ? "edge" : "level", check->view.vm_who[owner - 1]);
        }
    }
}
