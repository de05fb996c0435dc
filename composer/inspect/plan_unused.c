/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever the plan does not use is zero: what has no meaning today must not get one tomorrow, and
 * nothing of the host's memory leaks into an image. Gaps between the arrays are looked at in
 * plan_view.c.
 */
#include "plan_fields.h"
#include "plan_gic.h"

static void require_no_interrupts_beyond(struct report *report, const struct plan_gic *gic)
{
    uint32_t count = gic->intid_count;
    require_zero(report, gic->icfgr, 2 * sizeof(gic->icfgr[0]), "gic.icfgr", 0);
    require_zero(report, &gic->icfgr[count / 16],
                 sizeof(gic->icfgr) - count / 16 * sizeof(gic->icfgr[0]), "gic.icfgr", count / 16);
    require_zero(report, gic->spi_cpu, PLAN_FIRST_SPI, "gic.spi_cpu", 0);
    require_zero(report, &gic->spi_cpu[count], sizeof(gic->spi_cpu) - count, "gic.spi_cpu", count);
    require_zero(report, gic->spi_owner, PLAN_FIRST_SPI, "gic.spi_owner", 0);
    require_zero(report, &gic->spi_owner[count], sizeof(gic->spi_owner) - count, "gic.spi_owner",
                 count);
}

/* What only the other version of the interrupt controller has. */
static void require_no_other_controller(const struct plan_view *view, struct report *report)
{
    const struct plan_gic *gic = &view->plan->gic;
    bool old = plan_has_gicv2(view->plan);
    require_zero(report, &gic->gicc_pa, old ? 0 : sizeof(gic->gicc_pa), "gic.gicc_pa of version",
                 gic->version);
    require_zero(report, &gic->gich_pa, old ? 0 : sizeof(gic->gich_pa), "gic.gich_pa of version",
                 gic->version);
    require_zero(report, &gic->gicv_pa, old ? 0 : sizeof(gic->gicv_pa), "gic.gicv_pa of version",
                 gic->version);
    for (uint32_t i = 0; i < view->plan->cpu_count; i++) {
        uint64_t gicr_pa = view->plan->cpus[i].gicr_pa;
        require_zero(report, &gicr_pa, old ? sizeof(gicr_pa) : 0, "gicr_pa of cpu", i);
    }
    for (uint32_t i = 0; i < view->vm_count; i++) {
        uint64_t gicr_ipa = view->vms[i].gicr_ipa;
        uint64_t gicc_ipa = view->vms[i].gicc_ipa;
        require_zero(report, &gicr_ipa, old ? sizeof(gicr_ipa) : 0, "gicr_ipa of vm", i);
        require_zero(report, &gicc_ipa, old ? 0 : sizeof(gicc_ipa), "gicc_ipa of vm", i);
    }
}

/* What only some policies use. */
static void require_core_zero(const struct plan_view *view, uint32_t cpu, struct report *report)
{
    const struct plan_core *core = &view->cores[cpu];
    require_offset_zero(report, core->slots, "slots' offset of core", cpu);
    require_name_end_zero(report, core->policy_name, "policy of core", cpu);
    require_offset_zero(report, core->vcpus, "vCPUs' offset of core", cpu);
    if (core->policy != PLAN_POLICY_TIMETABLE && core->policy != PLAN_POLICY_OWN) {
        require_zero(report, &core->slots, sizeof(core->slots), "slots of core without a timetable",
                     cpu);
        require_zero(report, &core->frame_ns, sizeof(core->frame_ns),
                     "frame of core without a timetable", cpu);
    }
    for (uint32_t i = 0; i < core->slots.count; i++) {
        const struct plan_slot *slot = &plan_view_slots(view, cpu)[i];
        require_zero(report, &slot->reserved, sizeof(slot->reserved), "reserved word of slot", i);
    }
    for (uint32_t i = 0; i < core->vcpus.count; i++) {
        const struct plan_vcpu *vcpu = plan_view_vcpu_on(view, cpu, i);
        bool shared = core->policy != PLAN_POLICY_DEDICATED;
        bool ranked = core->policy == PLAN_POLICY_FIXED_PRIORITY || core->policy == PLAN_POLICY_OWN;
        uint32_t index = plan_view_core_vcpus(view, cpu)[i];
        require_zero(report, &vcpu->interrupts, shared ? 0 : sizeof(vcpu->interrupts),
                     "interrupts of vcpu", index);
        require_zero(report, &vcpu->interrupt_period_ns,
                     shared ? 0 : sizeof(vcpu->interrupt_period_ns), "time of interrupts of vcpu",
                     index);
        require_zero(report, &vcpu->period_ns, shared ? 0 : sizeof(vcpu->period_ns),
                     "period of vcpu", index);
        require_zero(report, &vcpu->budget_ns, shared ? 0 : sizeof(vcpu->budget_ns),
                     "budget of vcpu", index);
        require_zero(report, &vcpu->priority, ranked ? 0 : sizeof(vcpu->priority),
                     "priority of vcpu", index);
    }
}

void check_plan_unused(const struct plan_view *view, struct report *report)
{
    const struct plan *plan = view->plan;
    for (uint32_t i = plan->cpu_count; i < PLAN_MAX_CPUS; i++) {
        require_zero(report, &plan->cpus[i], sizeof(plan->cpus[i]), "cpu", i);
    }
    for (uint32_t i = 0; i < plan->cpu_count; i++) {
        require_core_zero(view, i, report);
    }
    if (plan->console.present == 0) {
        require_zero(report, &plan->console, sizeof(plan->console), "console", 0);
    }
    require_name_end_zero_in(report, plan->board, sizeof(plan->board), "board", 0);
    require_no_interrupts_beyond(report, &plan->gic);
    require_no_other_controller(view, report);
    for (uint32_t i = 0; i < view->vm_count; i++) {
        require_name_end_zero(report, view->vms[i].name, "name of vm", i);
    }
    for (uint32_t i = 0; i < view->region_count; i++) {
        require_name_end_zero(report, view->regions[i].name, "name of region", i);
        require_zero(report, &view->regions[i].reserved, sizeof(view->regions[i].reserved),
                     "reserved word of region", i);
    }
    for (uint32_t i = 0; i < view->vm_count; i++) {
        require_offset_zero(report, view->vms[i].memory, "memory's offset of vm", i);
        require_offset_zero(report, view->vms[i].restore, "restore's offset of vm", i);
        require_offset_zero(report, view->vms[i].firmware, "firmware's offset of vm", i);
    }
}
