/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts and their owners, and where they go. */
#include "check_context.h"

static void check_owners(struct check *check)
{
    const struct plan_view *plan = &check->view.plan;
    for (uint32_t intid = 0; intid < PLAN_MAX_INTIDS; intid++) {
        uint32_t owner = PLAN_NONE;
        for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
            if (!plan_vm_owns(&plan->vms[vm], intid)) {
                continue;
            }
            if (intid >= plan->plan->gic.intid_count || intid >= PLAN_INTID_END) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_OWNER,
                            "%s owns interrupt %u, which does not exist", check->view.vm_who[vm],
                            intid);
            }
            if (intid >= PLAN_INTID_END) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_OWNER,
                            "%s owns interrupt %u, which is no interrupt", check->view.vm_who[vm],
                            intid);
            }
            if (intid == plan->plan->gic.maintenance || intid == plan->plan->gic.hypervisor_timer) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_RESERVED,
                            "%s owns interrupt %u, the hypervisor's own", check->view.vm_who[vm],
                            intid);
            }
            if (intid >= PLAN_FIRST_SPI && owner != PLAN_NONE) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_OWNER,
                            "%s and %s both own interrupt %u", check->view.vm_who[owner],
                            check->view.vm_who[vm], intid);
            }
            owner = vm;
        }
        uint32_t given = plan->plan->gic.spi_owner[intid];
        if (intid >= PLAN_FIRST_SPI && intid < plan->plan->gic.intid_count &&
            given != (owner != PLAN_NONE ? owner + 1 : 0)) {
            report_fail(check->view.report, PROPERTY_INTERRUPTS_OWNER,
                        "interrupt %u would be given to %s, its owner is %s", intid,
                        given != 0 ? check->view.vm_who[given - 1] : "nobody",
                        owner != PLAN_NONE ? check->view.vm_who[owner] : "nobody");
        }
    }
}

static void check_targets(struct check *check)
{
    const struct plan_view *plan = &check->view.plan;
    for (uint32_t intid = PLAN_FIRST_SPI; intid < plan->plan->gic.intid_count; intid++) {
        uint32_t cpu = plan->plan->gic.spi_cpu[intid];
        for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
            uint32_t first = plan->vcpus[plan->vms[vm].first_vcpu].cpu;
            if (plan_vm_owns(&plan->vms[vm], intid) && cpu != first) {
                report_fail(check->view.report, PROPERTY_INTERRUPTS_TARGET,
                            "interrupt %u of %s goes to %s, where it %s", intid,
                            check->view.vm_who[vm], check->view.cpu_who[cpu],
                            image_view_runs_on(&check->view, vm, cpu) ? "does not start"
                                                                      : "does not run");
            }
        }
    }
}

void check_interrupts(struct check *check)
{
    check_owners(check);
    check_targets(check);
}
