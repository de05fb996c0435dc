/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to what says which vCPU runs where and when. */
#include "corrupt.h"

#include <string.h>

#include "el2_map.h"
#include "info.h"

static struct info_page *info(struct builder *builder, unsigned vm)
{
    return builder_at(builder, INFO_PA + vm * PLAN_PAGE_SIZE);
}

static void two_vcpus_on_a_cpu(struct builder *builder)
{
    builder->vcpus[1].cpu = 0;
    builder->vcpus[1].mpidr = 0;
}

static void cpu_with_two_vcpus(struct builder *builder)
{
    builder->core_vcpus[1][1] = 0;
    builder->cores[1].vcpus.count = 2;
}

static void vcpu_skipped(struct builder *builder)
{
    builder->vms[LINUX].vcpu_count = 1;
    info(builder, LINUX)->vcpu_count = 1;
    info(builder, LINUX)->vcpus[1] = (struct info_vcpu){0};
}

static void vcpu_of_nobody(struct builder *builder)
{
    builder->vms[CONTROL].first_vcpu = 0;
}

static void vcpu_left_over(struct builder *builder)
{
    builder->vms[LINUX].vcpu_count = 1;
    builder->vms[CONTROL].first_vcpu = 1;
    builder->vcpus[1].vm = CONTROL;
}

static void vcpu_of_another_vm(struct builder *builder)
{
    builder->vcpus[1].vm = CONTROL;
}

static void two_cpus_of_one_mpidr(struct builder *builder)
{
    builder->head.cpus[1].mpidr = 0;
    builder->head.cpus[1].sgi0 = builder->head.cpus[0].sgi0;
    builder->vcpus[1].mpidr = 0;
    info(builder, LINUX)->vcpus[1].mpidr = 0;
}

static void vcpu_of_other_mpidr(struct builder *builder)
{
    builder->vcpus[2].mpidr = 0;
    info(builder, CONTROL)->vcpus[0].mpidr = 0;
}

static void virtual_vcpus_of_one_mpidr(struct builder *builder)
{
    builder_share(builder);
    builder->vcpus[3].mpidr = 0;
    info(builder, CONTROL)->vcpus[1].mpidr = 0;
}

static void no_core_for_a_cpu(struct builder *builder)
{
    builder_plan(builder)->cores.count = 2;
}

static void no_such_policy(struct builder *builder)
{
    builder->cores[2].policy = PLAN_POLICY_COUNT;
}

static void core_without_vcpus(struct builder *builder)
{
    builder->cores[2].vcpus.count = 0;
}

static void shared_by_nobody(struct builder *builder)
{
    core_without_vcpus(builder);
    builder->vms[CONTROL].restricted = 1;
    builder->cores[2].policy = PLAN_POLICY_OWN;
    memcpy(builder->cores[2].policy_name, "mine\0\0\0\0", 9);
    builder->cores[2].policy_va += 8;
}

static void policy_in_text(struct builder *builder)
{
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        builder->cores[cpu].policy_va = EL2_BASE;
    }
}

static void policy_of_another_name(struct builder *builder)
{
    memcpy(builder->cores[2].policy_name, "timetable", 10);
    builder->cores[2].policy_va += 8;
}

static void policies_of_one_name(struct builder *builder)
{
    builder->cores[2].policy_va += 8;
}

static void core_of_no_vcpu(struct builder *builder)
{
    builder->core_vcpus[2][0] = 3;
}

static void core_without_slice(struct builder *builder)
{
    builder->cores[2].slice_ns = 0;
}

static void slot_of_no_vcpu(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][1].vcpu = 2;
}

static void budget_over_period(struct builder *builder)
{
    builder_share(builder);
    builder->vcpus[3].period_ns = 10000000;
    builder->vcpus[3].budget_ns = 10000001;
}

static void core_vcpus_outside(struct builder *builder)
{
    struct plan_core *cores = (struct plan_core *)((uint8_t *)builder_plan(builder) +
                                                   builder_plan(builder)->cores.offset);
    cores[1].vcpus.offset = 0xfffffff8;
}

static void two_vcpus_of_one_vm(struct builder *builder)
{
    builder_share(builder);
    builder->core_vcpus[1][1] = 1;
}

static void shared_but_dedicated(struct builder *builder)
{
    builder_share(builder);
    builder->vms[CONTROL].restricted = 0;
    builder->vms[LINUX].restricted = 0;
    builder->cores[1].policy = PLAN_POLICY_DEDICATED;
    memcpy(builder->cores[1].policy_name, builder->cores[0].policy_name, PLAN_NAME_SIZE);
    builder->cores[1].policy_va = builder->cores[0].policy_va;
    builder->cores[1].slots.count = 0;
    builder->cores[1].frame_ns = 0;
}

static void hard_on_a_shared_cpu(struct builder *builder)
{
    builder_share(builder);
    builder->vms[CONTROL].level = PLAN_LEVEL_HARD;
}

static void direct_on_a_shared_cpu(struct builder *builder)
{
    builder_share(builder);
    builder->vms[LINUX].delivery = PLAN_DELIVERY_DIRECT;
    builder->vms[LINUX].affinity = PLAN_AFFINITY_PHYSICAL;
}

static void direct_with_virtual_affinities(struct builder *builder)
{
    builder->vms[LINUX].affinity = PLAN_AFFINITY_VIRTUAL;
}

static void virtual_with_physical_affinities(struct builder *builder)
{
    builder_share(builder);
    builder->vms[CONTROL].affinity = PLAN_AFFINITY_PHYSICAL;
}

static void slots_overlap(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][1].start_ns = 3999999;
}

static void slots_not_sorted(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][0].start_ns = 6000000;
}

static void slot_beyond_the_frame(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][2].length_ns = 5000001;
}

static void slot_that_wraps(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][0].length_ns = UINT64_MAX;
}

static void slot_of_no_length(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][1].length_ns = 0;
}

static void timetable_without_slots(struct builder *builder)
{
    builder_share(builder);
    builder->cores[1].slots.count = 0;
}

static void slots_without_timetable(struct builder *builder)
{
    builder_share(builder);
    builder->cores[1].policy = PLAN_POLICY_EDF;
    memcpy(builder->cores[1].policy_name, "edf\0\0\0\0\0", 9);
}

static void budget_on_a_dedicated_cpu(struct builder *builder)
{
    builder->vcpus[0].period_ns = 10000;
}

static void priority_without_use(struct builder *builder)
{
    builder_share(builder);
    builder->vcpus[1].priority = 1;
}

static void neighbour_not_mapped(struct builder *builder)
{
    builder_share(builder);
    builder_el2_at(builder, 1, EL2_WINDOW + CONTROL_RAM)->size /= 2;
}

static void neighbour_of_another_cpu_mapped(struct builder *builder)
{
    builder_share(builder);
    builder_map_el2(builder, 0, EL2_WINDOW + CONTROL_RAM, CONTROL_RAM, 0x1000, PLAN_MEMORY_READ);
}

static void sgi_to_another_cpu(struct builder *builder)
{
    builder->head.cpus[1].sgi0 = 1U << 2;
}

static void sgi_to_two_cpus(struct builder *builder)
{
    builder->head.cpus[1].sgi0 |= 1U << 2;
}

static void sgi_of_another_number(struct builder *builder)
{
    builder->head.cpus[1].sgi0 |= 1U << 24;
}

static void sgi_to_all(struct builder *builder)
{
    builder->head.cpus[1].sgi0 |= (uint64_t)1 << 40;
}

static void limited_without_reason(struct builder *builder)
{
    builder->vms[LINUX].restricted = 1;
}

static void shared_but_not_limited(struct builder *builder)
{
    builder_share(builder);
    builder->vms[CONTROL].restricted = 0;
}

static void frame_not_filled(struct builder *builder)
{
    builder_share(builder);
    builder->slots[1][2].length_ns -= 1;
}

static const struct damage damages[] = {
    DESCRIBED("slots end before the frame", frame_not_filled, "cpus.slots",
              "its last slot ends at 9999999 ns"),
    DESCRIBED("CPU: its SGI goes to another", sgi_to_another_cpu, "cpus.mpidr",
              "cpu 1 has MPIDR 0x1, but 0x4"),
    DESCRIBED("CPU: its SGI goes to two", sgi_to_two_cpus, "cpus.mpidr",
              "cpu 1 has MPIDR 0x1, but 0x6"),
    DESCRIBED("CPU: an SGI of another number", sgi_of_another_number, "cpus.mpidr",
              "cpu 1 has MPIDR 0x1, but 0x1000002"),
    DESCRIBED("CPU: its SGI goes to all", sgi_to_all, "cpus.mpidr",
              "cpu 1 has MPIDR 0x1, but 0x10000000002"),
    DESCRIBED("VM: limited without a shared core", limited_without_reason, "cpus.dedicated",
              "vm linux does not share a core, but its word for that is 1"),
    DESCRIBED("VM: shares a core, not limited", shared_but_not_limited, "cpus.dedicated",
              "vm control shares a core, but its word for that is 0"),
    DESCRIBED("CPU: two vCPUs by the vCPUs", two_vcpus_on_a_cpu,
              "hypervisor.tables hypervisor.window hypervisor.devices hypervisor.roots cpus.vcpu "
              "cpus.mpidr start.info "
              "trees.machine",
              "cpu 0 runs 1 vCPUs, 2 say that they run there"),
    DESCRIBED("CPU: two vCPUs by its list", cpu_with_two_vcpus, "cpus.vcpu cpus.dedicated",
              "cpu 1 runs 2 vCPUs, 1 say that they run there"),
    DESCRIBED("vCPU skipped", vcpu_skipped,
              "hypervisor.tables hypervisor.window hypervisor.devices hypervisor.roots cpus.vcpu",
              "its first vCPU is 2, the next free one is 1"),
    DESCRIBED("vCPU of nobody", vcpu_of_nobody,
              "hypervisor.tables hypervisor.window hypervisor.devices hypervisor.roots "
              "interrupts.target cpus.vcpu "
              "start.info",
              "its first vCPU is 0, the next free one is 2"),
    DESCRIBED("vCPU left over", vcpu_left_over,
              "hypervisor.tables hypervisor.window hypervisor.devices hypervisor.roots "
              "interrupts.target cpus.vcpu "
              "start.info",
              "there are 3 vCPUs, the VMs have 2"),
    DESCRIBED("vCPU of another VM", vcpu_of_another_vm, "cpus.vcpu",
              "vm control, which does not have it"),
    DESCRIBED("two CPUs of one MPIDR", two_cpus_of_one_mpidr, "cpus.mpidr trees.machine",
              "cpu 0 and cpu 1"),
    DESCRIBED("direct vCPU with another MPIDR", vcpu_of_other_mpidr, "cpus.mpidr",
              "vCPU 0 of vm control"),
    DESCRIBED("virtual vCPUs of one MPIDR", virtual_vcpus_of_one_mpidr, "cpus.mpidr trees.machine",
              "vCPU 1 of vm control, which numbers them from 0, has MPIDR 0x0"),
    DESCRIBED("virtual affinities, SGIs not trapped", direct_with_virtual_affinities, "cpus.mpidr",
              "vm linux has direct interrupts, but virtual affinities"),
    DESCRIBED("virtual interrupts, physical affinities", virtual_with_physical_affinities,
              "cpus.mpidr", "vm control has virtual interrupts, but physical affinities"),
    IN_MEMORY("CPU without a core", no_core_for_a_cpu, "plan.fields plan.unused",
              "number of cores is 0x2"),
    IN_MEMORY("core: vCPUs outside the plan", core_vcpus_outside, "plan.arrays", "a core's vCPUs"),
    DESCRIBED("core: no such policy", no_such_policy, "plan.fields", "core 2: policy is 0x6"),
    DESCRIBED("core: no vCPUs", core_without_vcpus, "cpus.vcpu", "cpu 2 runs 0 vCPUs, 1 say"),
    DESCRIBED("core: shared by nobody", shared_by_nobody, "cpus.vcpu cpus.dedicated",
              "cpu 2 is shared by nobody"),
    DESCRIBED("core: policy among the text", policy_in_text, "cpus.policy",
              "cpu 0: its policy is at va 0x7f80000000"),
    DESCRIBED("core: policy of another name", policy_of_another_name, "cpus.policy",
              "cpu 2: its policy is called timetable, but is dedicated"),
    DESCRIBED("core: two policies of one name", policies_of_one_name, "cpus.policy",
              "cpu 0 and cpu 2 do not agree"),
    DESCRIBED("core: a vCPU that doesn't exist", core_of_no_vcpu, "plan.fields",
              "core 2: a vCPU is 0x3"),
    DESCRIBED("core: no slice", core_without_slice, "plan.fields", "core 2: slice_ns"),
    DESCRIBED("core: slot for no vCPU", slot_of_no_vcpu, "plan.fields",
              "core 1: a slot's vcpu is 0x2"),
    DESCRIBED("vCPU: more budget than period", budget_over_period, "plan.fields",
              "vcpu 3: budget_ns"),
    DESCRIBED("core: two vCPUs of one VM", two_vcpus_of_one_vm, "cpus.vcpu", "both of vm linux"),
    DESCRIBED("core: shared, but dedicated", shared_but_dedicated, "cpus.dedicated",
              "cpu 1 is dedicated, but runs 2 vCPUs"),
    DESCRIBED("hard VM on a shared CPU", hard_on_a_shared_cpu, "cpus.dedicated",
              "vm control is hard, but cpu 1"),
    DESCRIBED("direct interrupts on a shared CPU", direct_on_a_shared_cpu, "cpus.dedicated",
              "vm linux has direct interrupts, but cpu 1"),
    DESCRIBED("slots overlap", slots_overlap, "cpus.slots", "slot 1 starts at 3999999 ns"),
    DESCRIBED("slots not sorted", slots_not_sorted, "cpus.slots", "slot 0 starts at 6000000 ns"),
    DESCRIBED("slot ends behind the frame", slot_beyond_the_frame, "cpus.slots",
              "slot 2, 5000001 ns"),
    DESCRIBED("slot wraps around", slot_that_wraps, "cpus.slots",
              "slot 0, 18446744073709551615 ns"),
    DESCRIBED("slot of no length", slot_of_no_length, "cpus.slots", "slot 1, 0 ns"),
    DESCRIBED("timetable without slots", timetable_without_slots, "cpus.slots", "without slots"),
    DESCRIBED("slots without a timetable", slots_without_timetable, "plan.unused",
              "slots of core without"),
    DESCRIBED("period on a dedicated CPU", budget_on_a_dedicated_cpu, "plan.unused",
              "period of vcpu 0"),
    DESCRIBED("priority that nobody reads", priority_without_use, "plan.unused",
              "priority of vcpu 1"),
    DESCRIBED("shared CPU lacks a VM's RAM", neighbour_not_mapped, "hypervisor.window",
              "not mapped whole"),
    DESCRIBED("CPU sees a VM that runs elsewhere", neighbour_of_another_cpu_mapped,
              "hypervisor.window", "nothing belongs at va"),
};
const struct damages damages_cpus = DAMAGES(damages);
