/* SPDX-License-Identifier: Apache-2.0 */
/* Which vCPU runs where, beside which others, and when. */
#include <inttypes.h>
#include <string.h>

#include "check_context.h"
#include "el2_map.h"
#include "plan_gic.h"

/* ICC_SGI1R_EL1, field by field (Arm IHI 0069H, 12.2.21): that CPU, INTID 0, and no other. */
static bool sends_sgi0_to(uint64_t sgi, uint64_t mpidr)
{
    uint64_t affinity = (sgi >> 48 & 0xff) << 32 | (sgi >> 32 & 0xff) << 16 |
                        (sgi >> 16 & 0xff) << 8 | (sgi >> 40 & 0xf0);
    uint64_t location = 0;
    while (location < 16 && (sgi & 0xffff) != (uint64_t)1 << location) {
        location++;
    }
    return location < 16 && (affinity | location) == mpidr && (sgi & 0xff000f00ff000000ULL) == 0;
}

/* GICD_SGIR: one CPU interface of those listed, INTID 0 (Arm IHI 0048B, 4.3.15). */
static void check_interfaces(struct check *check)
{
    const struct plan *plan = check->view.plan.plan;
    for (uint32_t i = 0; i < plan->cpu_count; i++) {
        uint64_t list = plan->cpus[i].sgi0 >> 16;
        if ((plan->cpus[i].sgi0 & 0xffff) != 0 || list == 0 || (list & (list - 1)) != 0 ||
            list >> GIC_INTERFACES != 0) {
            report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                        "%s: 0x%" PRIx64 " does not send SGI 0 to one CPU interface alone",
                        check->view.cpu_who[i], plan->cpus[i].sgi0);
        }
        for (uint32_t other = 0; other < i; other++) {
            if (plan->cpus[other].sgi0 == plan->cpus[i].sgi0) {
                report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                            "%s and %s have one CPU interface, 0x%" PRIx64,
                            check->view.cpu_who[other], check->view.cpu_who[i], plan->cpus[i].sgi0);
            }
        }
    }
}

static void check_mpidrs(struct check *check)
{
    const struct plan *plan = check->view.plan.plan;
    for (uint32_t i = 0; i < plan->cpu_count; i++) {
        if (!plan_has_gicv2(plan) && !sends_sgi0_to(plan->cpus[i].sgi0, plan->cpus[i].mpidr)) {
            report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                        "%s has MPIDR 0x%" PRIx64 ", but 0x%" PRIx64
                        " does not send SGI 0 there alone",
                        check->view.cpu_who[i], plan->cpus[i].mpidr, plan->cpus[i].sgi0);
        }
        for (uint32_t other = 0; other < i; other++) {
            if (plan->cpus[other].mpidr == plan->cpus[i].mpidr) {
                report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                            "%s and %s have the same MPIDR 0x%" PRIx64, check->view.cpu_who[other],
                            check->view.cpu_who[i], plan->cpus[i].mpidr);
            }
        }
    }
}

static void check_vms_mpidrs(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const struct plan_vcpu *vcpus = &check->view.plan.vcpus[plan_vm->first_vcpu];
    /* SGIs of a VM with direct interrupts that are not checked are not translated, so it must
     * name CPUs by their own MPIDR. Virtual ones go by the vCPU's number. */
    if ((plan_vm->delivery == PLAN_DELIVERY_DIRECT &&
         plan_vm->affinity != PLAN_AFFINITY_PHYSICAL) ||
        (plan_vm->delivery == PLAN_DELIVERY_VIRTUAL &&
         plan_vm->affinity != PLAN_AFFINITY_VIRTUAL)) {
        report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                    "%s has %s interrupts, but %s affinities", check->view.vm_who[vm],
                    plan_vm->delivery == PLAN_DELIVERY_DIRECT ? "direct" : "virtual",
                    plan_vm->affinity == PLAN_AFFINITY_VIRTUAL ? "virtual" : "physical");
    }
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        uint64_t cpu_mpidr = check->view.plan.plan->cpus[vcpus[i].cpu].mpidr;
        if (plan_vm->affinity == PLAN_AFFINITY_PHYSICAL && vcpus[i].mpidr != cpu_mpidr) {
            report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                        "vCPU %u of %s has MPIDR 0x%" PRIx64 ", its CPU has 0x%" PRIx64, i,
                        check->view.vm_who[vm], vcpus[i].mpidr, cpu_mpidr);
        }
        if (plan_vm->affinity == PLAN_AFFINITY_VIRTUAL && vcpus[i].mpidr != i) {
            report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                        "vCPU %u of %s, which numbers them from 0, has MPIDR 0x%" PRIx64, i,
                        check->view.vm_who[vm], vcpus[i].mpidr);
        }
        for (uint32_t other = 0; other < i; other++) {
            if (vcpus[other].mpidr == vcpus[i].mpidr) {
                report_fail(check->view.report, PROPERTY_CPUS_MPIDR,
                            "vCPUs %u and %u of %s have the same MPIDR 0x%" PRIx64, other, i,
                            check->view.vm_who[vm], vcpus[i].mpidr);
            }
        }
    }
}

/* Whether some vCPU of @vm shares its core, as the plan's cores have it. */
static void check_limited(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    uint32_t shares = 0;
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        uint32_t cpu = check->view.plan.vcpus[plan_vm->first_vcpu + i].cpu;
        shares |= check->view.plan.cores[cpu].policy != PLAN_POLICY_DEDICATED;
    }
    if (plan_vm->restricted != shares) {
        report_fail(check->view.report, PROPERTY_CPUS_DEDICATED,
                    "%s %s a core, but its word for that is %u", check->view.vm_who[vm],
                    shares != 0 ? "shares" : "does not share", plan_vm->restricted);
    }
}

/* Each VM's vCPUs follow those of the VM before it. */
static void check_vcpus(struct check *check)
{
    const struct plan_view *plan = &check->view.plan;
    uint32_t next = 0;
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        if (plan->vms[vm].first_vcpu != next) {
            report_fail(check->view.report, PROPERTY_CPUS_VCPU,
                        "%s: its first vCPU is %u, the next free one is %u", check->view.vm_who[vm],
                        plan->vms[vm].first_vcpu, next);
        }
        next += plan->vms[vm].vcpu_count;
    }
    if (next != plan->vcpu_count) {
        report_fail(check->view.report, PROPERTY_CPUS_VCPU, "there are %u vCPUs, the VMs have %u",
                    plan->vcpu_count, next);
    }
    for (uint32_t i = 0; i < plan->vcpu_count; i++) {
        const struct plan_vm *vm = &plan->vms[plan->vcpus[i].vm];
        if (i < vm->first_vcpu || i - vm->first_vcpu >= vm->vcpu_count) {
            report_fail(check->view.report, PROPERTY_CPUS_VCPU,
                        "vCPU %u says that it belongs to %s, which does not have it", i,
                        check->view.vm_who[plan->vcpus[i].vm]);
        }
    }
}

/* A CPU's list against what the vCPUs say. */
static void check_list(struct check *check, uint32_t cpu)
{
    const struct plan_view *plan = &check->view.plan;
    const uint32_t *list = plan_view_core_vcpus(plan, cpu);
    uint32_t count = plan->cores[cpu].vcpus.count;
    uint32_t expected = 0;
    for (uint32_t i = 0; i < plan->vcpu_count; i++) {
        expected += plan->vcpus[i].cpu == cpu;
    }
    if (count != expected) {
        report_fail(check->view.report, PROPERTY_CPUS_VCPU,
                    "%s runs %u vCPUs, %u say that they run there", check->view.cpu_who[cpu], count,
                    expected);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_vcpu *vcpu = &plan->vcpus[list[i]];
        if (vcpu->cpu != cpu) {
            report_fail(check->view.report, PROPERTY_CPUS_VCPU,
                        "%s runs vCPU %u, which says that it runs on %s", check->view.cpu_who[cpu],
                        list[i], check->view.cpu_who[vcpu->cpu]);
        }
        for (uint32_t other = 0; other < i; other++) {
            if (plan->vcpus[list[other]].vm == vcpu->vm) {
                report_fail(check->view.report, PROPERTY_CPUS_VCPU,
                            "%s runs vCPUs %u and %u, both of %s", check->view.cpu_who[cpu],
                            list[other], list[i], check->view.vm_who[vcpu->vm]);
            }
        }
    }
}

static void check_dedicated(struct check *check, uint32_t cpu)
{
    const struct plan_core *core = &check->view.plan.cores[cpu];
    bool dedicated = core->policy == PLAN_POLICY_DEDICATED;
    if (!dedicated && core->vcpus.count == 0) {
        report_fail(check->view.report, PROPERTY_CPUS_DEDICATED, "%s is shared by nobody",
                    check->view.cpu_who[cpu]);
    }
    if (dedicated && core->vcpus.count > 1) {
        report_fail(check->view.report, PROPERTY_CPUS_DEDICATED,
                    "%s is dedicated, but runs %u vCPUs", check->view.cpu_who[cpu],
                    core->vcpus.count);
    }
    for (uint32_t i = 0; !dedicated && i < core->vcpus.count; i++) {
        uint32_t vm = plan_view_vcpu_on(&check->view.plan, cpu, i)->vm;
        if (check->view.plan.vms[vm].level == PLAN_LEVEL_HARD) {
            report_fail(check->view.report, PROPERTY_CPUS_DEDICATED,
                        "%s is hard, but %s that it runs on is not dedicated",
                        check->view.vm_who[vm], check->view.cpu_who[cpu]);
        }
        if (check->view.plan.vms[vm].delivery != PLAN_DELIVERY_VIRTUAL) {
            report_fail(check->view.report, PROPERTY_CPUS_DEDICATED,
                        "%s has direct interrupts, but %s that it runs on is not dedicated",
                        check->view.vm_who[vm], check->view.cpu_who[cpu]);
        }
    }
}

/* A dedicated core may use round robin's code: its only vCPU has every turn. */
static bool may_be_one(const struct plan_core *core)
{
    return core->policy == PLAN_POLICY_DEDICATED || core->policy == PLAN_POLICY_ROUND_ROBIN;
}

static void check_policy(struct check *check, uint32_t cpu)
{
    static const char *const names[PLAN_POLICY_COUNT] = {
        [PLAN_POLICY_DEDICATED] = "dedicated",
        [PLAN_POLICY_FIXED_PRIORITY] = "fixed-priority",
        [PLAN_POLICY_EDF] = "edf",
        [PLAN_POLICY_ROUND_ROBIN] = "round-robin",
        [PLAN_POLICY_TIMETABLE] = "timetable",
    };
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    const struct plan_core *core = &check->view.plan.cores[cpu];
    uint64_t constants = EL2_BASE + hypervisor->text_size;
    if (core->policy_va % sizeof(uint64_t) != 0 || core->policy_va < constants ||
        core->policy_va - constants >= hypervisor->rodata_size) {
        report_fail(check->view.report, PROPERTY_CPUS_POLICY,
                    "%s: its policy is at va 0x%" PRIx64 ", not in the hypervisor's read-only data",
                    check->view.cpu_who[cpu], core->policy_va);
    }
    if (names[core->policy] != NULL && strcmp(names[core->policy], core->policy_name) != 0) {
        report_fail(check->view.report, PROPERTY_CPUS_POLICY,
                    "%s: its policy is called %s, but is %s", check->view.cpu_who[cpu],
                    core->policy_name, names[core->policy]);
    }
    for (uint32_t i = 0; core->policy == PLAN_POLICY_OWN && i < PLAN_POLICY_COUNT; i++) {
        if (names[i] != NULL && strcmp(names[i], core->policy_name) == 0) {
            report_fail(check->view.report, PROPERTY_CPUS_POLICY,
                        "%s: its policy is called %s, but is one of the user's own",
                        check->view.cpu_who[cpu], core->policy_name);
        }
    }
    for (uint32_t other = 0; other < cpu; other++) {
        const struct plan_core *first = &check->view.plan.cores[other];
        bool same = strcmp(first->policy_name, core->policy_name) == 0;
        bool one = first->policy_va == core->policy_va;
        if (same ? !one || first->policy != core->policy
                 : one && !(may_be_one(first) && may_be_one(core))) {
            report_fail(check->view.report, PROPERTY_CPUS_POLICY,
                        "%s and %s do not agree on what policy is at va 0x%" PRIx64,
                        check->view.cpu_who[other], check->view.cpu_who[cpu], core->policy_va);
        }
    }
}

static void check_slots(struct check *check, uint32_t cpu)
{
    const struct plan_core *core = &check->view.plan.cores[cpu];
    const struct plan_slot *slots = plan_view_slots(&check->view.plan, cpu);
    uint64_t end = 0;
    if (core->policy == PLAN_POLICY_TIMETABLE && core->slots.count == 0) {
        report_fail(check->view.report, PROPERTY_CPUS_SLOTS, "%s has a timetable without slots",
                    check->view.cpu_who[cpu]);
    }
    for (uint32_t i = 0; i < core->slots.count; i++) {
        if (slots[i].start_ns != end) {
            report_fail(check->view.report, PROPERTY_CPUS_SLOTS,
                        "%s: slot %u starts at %" PRIu64 " ns, the one before it ends at %" PRIu64
                        " ns",
                        check->view.cpu_who[cpu], i, slots[i].start_ns, end);
        }
        if (slots[i].length_ns == 0 || slots[i].start_ns > core->frame_ns ||
            slots[i].length_ns > core->frame_ns - slots[i].start_ns) {
            report_fail(check->view.report, PROPERTY_CPUS_SLOTS,
                        "%s: slot %u, %" PRIu64 " ns from %" PRIu64
                        " ns on, is not in the frame of %" PRIu64 " ns",
                        check->view.cpu_who[cpu], i, slots[i].length_ns, slots[i].start_ns,
                        core->frame_ns);
            return; /* its end may be no number */
        }
        end = slots[i].start_ns + slots[i].length_ns;
    }
    if (end != core->frame_ns && core->policy == PLAN_POLICY_TIMETABLE) {
        report_fail(check->view.report, PROPERTY_CPUS_SLOTS,
                    "%s: its last slot ends at %" PRIu64 " ns, the frame at %" PRIu64 " ns",
                    check->view.cpu_who[cpu], end, core->frame_ns);
    }
}

void check_cpus(struct check *check)
{
    check_mpidrs(check);
    if (plan_has_gicv2(check->view.plan.plan)) {
        check_interfaces(check);
    }
    check_vcpus(check);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_vms_mpidrs(check, vm);
        check_limited(check, vm);
    }
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        check_list(check, cpu);
        check_dedicated(check, cpu);
        check_policy(check, cpu);
        check_slots(check, cpu);
    }
}
