/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system that runs on the fake machine, as the composer could have made it. What may be one way
 * or another, the seed tells.
 *
 *     CPU 0, 1   the VM with direct interrupts, which may be checked: a vCPU each
 *     CPU 2, 3   a VM with virtual interrupts, a vCPU each; in every second system a second one
 * beside it, on both CPU 4      shared: the manager and two others
 */
#include <stdlib.h>
#include <string.h>

#include "el2_map.h"
#include "machine.h"
#include "manager.h"
#include "plan_bytes.h"
#include "plan_map.h"
#include "sched/policy.h"

static uint32_t used;
static uint64_t chance;

static struct plan *head(void)
{
    return (struct plan *)(void *)plan_bytes;
}

static uint32_t choose(uint32_t bound)
{
    chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(chance >> 33) % bound;
}

static void *at(struct plan_array array)
{
    return plan_bytes + array.offset;
}

static struct plan_array array_add(uint32_t count, size_t size)
{
    struct plan_array array = {used, count};

    used += (uint32_t)((count * size + 7) & ~7ULL);
    if (used > PLAN_BYTES) {
        abort();
    }
    return array;
}

static struct plan_array numbers_add(uint32_t count, const uint32_t *values)
{
    struct plan_array array = array_add(count, sizeof(uint32_t));

    memcpy(at(array), values, count * sizeof(uint32_t));
    return array;
}

uint32_t plan_spi(uint32_t vm, uint32_t number)
{
    return 32 + number * VMS + vm;
}

/** On which CPUs the vCPUs of each VM are. */
static const struct {
    uint32_t first, count, cpu;
} places[VMS] = {
    [VM_DIRECT] = {0, 2, 0}, [VM_PAIR] = {2, 2, 2},   [VM_MANAGER] = {4, 1, 4},
    [VM_FIRST] = {5, 1, 4},  [VM_SECOND] = {6, 1, 4}, [VM_BESIDE] = {7, 2, 2},
};

static bool beside; /* two VMs share CPU 2 and 3 */

static uint32_t vms(void)
{
    return beside ? VMS : VMS - 1;
}

static void vcpus_build(struct plan_vm *vm, uint32_t index)
{
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        struct plan_vcpu *vcpu = (struct plan_vcpu *)at(head()->vcpus) + vm->first_vcpu + i;
        vcpu->vm = index;
        vcpu->cpu = places[index].cpu + i;
        vcpu->mpidr = vm->affinity == PLAN_AFFINITY_VIRTUAL ? i : vcpu->cpu;
        vcpu->priority = choose(3);
        if (choose(3) != 0) {
            vcpu->period_ns = 20000 + choose(80000);
            vcpu->budget_ns = vcpu->period_ns / (3 + choose(3));
        }
    }
}

static void memory_build(struct plan_vm *vm, uint32_t index)
{
    uint64_t pa = (uint64_t)(index + 1) << 24;
    struct plan_memory *memory;
    struct plan_restore *restore;

    vm->memory = array_add(1, sizeof(*memory));
    memory = at(vm->memory);
    *memory = (struct plan_memory){.ipa = 0x40000000,
                                   .pa = pa,
                                   .size = 0x10000,
                                   .flags = PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_EXEC,
                                   .region = PLAN_NONE};
    vm->restore = array_add(2, sizeof(*restore));
    restore = at(vm->restore);
    restore[0] =
        (struct plan_restore){.target_pa = pa, .source_pa = pa + 0x100000, .size = 2048 + 64};
    restore[1] = (struct plan_restore){.target_pa = pa + 4096, .size = 1024 + 64 * choose(4)};
}

/** Whom each VM may ring: two others, by the last SPIs of those. */
static void doorbells_build(struct plan_vm *vm, uint32_t index)
{
    struct plan_doorbell *doorbells;
    uint32_t notify[2];

    vm->doorbells = array_add(2, sizeof(*doorbells));
    doorbells = at(vm->doorbells);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t receiver = (index + 1 + i) % vms();
        doorbells[i] = (struct plan_doorbell){.intid = plan_spi(receiver, SPIS_OF_VM - 1 - i),
                                              .limiter = 2 * index + i,
                                              .interval_ns = i == 0 ? 0 : 3000};
        notify[i] = doorbells[i].intid;
    }
    vm->notify = numbers_add(2, notify);
}

static void vm_build(uint32_t index)
{
    struct plan_vm *vm = (struct plan_vm *)at(head()->vms) + index;
    static const uint32_t actions[] = {PLAN_FAULT_INJECT, PLAN_FAULT_RESTART, PLAN_FAULT_STOP};

    vm->delivery = index != VM_DIRECT ? PLAN_DELIVERY_VIRTUAL
                   : choose(2) == 0   ? PLAN_DELIVERY_CHECKED
                                      : PLAN_DELIVERY_DIRECT;
    vm->affinity = vm->delivery == PLAN_DELIVERY_VIRTUAL ||
                           (vm->delivery == PLAN_DELIVERY_CHECKED && choose(2) == 0)
                       ? PLAN_AFFINITY_VIRTUAL
                       : PLAN_AFFINITY_PHYSICAL;
    vm->fault_action = index == VM_MANAGER ? PLAN_FAULT_INJECT : actions[choose(3)];
    vm->first_vcpu = places[index].first;
    vm->vcpu_count = places[index].count;
    vm->restricted = index >= VM_MANAGER || (index == VM_PAIR && beside);
    vm->entry_ipa = 0x40000000;
    vm->dtb_ipa = 0x40008000;
    vm->info_ipa = 0x50000000;
    vm->gicd_ipa = 0x8000000;
    vm->gicr_ipa = 0x80a0000;
    vm->stage2.vttbr = (uint64_t)(index + 1) << 48;
    vm->doorbell_ipa = 0x51000000;
    vm->command_ipa = index == VM_MANAGER ? 0x52000000 : 0;
    vm->intids[0] = 0xffffU | 1U << TIMER_GUEST | 1U << 30;
    for (uint32_t i = 0; i < SPIS_OF_VM; i++) {
        uint32_t intid = plan_spi(index, i);
        vm->intids[intid / 32] |= 1U << intid % 32;
        head()->gic.spi_owner[intid] = (uint8_t)(index + 1);
        head()->gic.spi_cpu[intid] = (uint8_t)places[index].cpu;
        if (i != 2 && i != 3) { /* those two are levels */
            head()->gic.icfgr[intid / 16] |= 2U << 2 * (intid % 16);
        }
    }
    if (index != VM_MANAGER) {
        vm->watchdog = (struct plan_watchdog){
            .action = 1 + choose(3), .period_ns = 200000 + choose(800000), .first_ns = 500000};
        vm->restart_limit = choose(4);
        vm->restart_period_ns = 2000000;
    }
    vcpus_build(vm, index);
    memory_build(vm, index);
    doorbells_build(vm, index);
}

static const struct sched_policy *policy_named(const char *name)
{
    static const struct {
        const char *name;
        const struct sched_policy *policy;
    } policies[] = {{"edf", &sched_edf},
                    {"fixed-priority", &sched_fixed_priority},
                    {"round-robin", &sched_round_robin},
                    {"timetable", &sched_timetable}};
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        if (strcmp(name, policies[i].name) == 0) {
            return policies[i].policy;
        }
    }
    machine_fail("no policy is called %s", name);
}

static void slots_build(struct plan_core *core)
{
    static const uint32_t owners[] = {0, 1, PLAN_NONE};
    struct plan_slot *slots;

    core->slots = array_add(3, sizeof(*slots));
    slots = at(core->slots);
    for (uint32_t i = 0; i < 3; i++) {
        slots[i] = (struct plan_slot){
            .start_ns = core->frame_ns, .length_ns = 10000 + choose(20000), .vcpu = owners[i]};
        core->frame_ns += slots[i].length_ns;
    }
}

static void core_build(uint32_t cpu)
{
    struct plan_core *core = (struct plan_core *)at(head()->cores) + cpu;
    uint32_t vcpus[PLAN_MAX_CPU_VCPUS];
    uint32_t watched[VMS];
    uint32_t count = 0;
    uint32_t watches = 0;

    for (uint32_t vm = 0; vm < vms(); vm++) {
        uint32_t number = cpu - places[vm].cpu;
        if (number < places[vm].count) {
            vcpus[count++] = places[vm].first + number;
        } else if (vm != VM_MANAGER &&
                   cpu == (vm <= VM_PAIR || vm == VM_BESIDE ? 4 : 2)) { /* never its own */
            watched[watches++] = vm;
        }
    }
    bool shared = count > 1;
    core->policy = shared ? 1 : PLAN_POLICY_DEDICATED;
    core->policy_va =
        (uint64_t)(uintptr_t)(shared ? policy_named(machine.policy) : &sched_dedicated);
    core->vcpus = numbers_add(count, vcpus);
    core->watched = numbers_add(watches, watched);
    core->slice_ns = 5000 + choose(20000);
    if (shared && strcmp(machine.policy, "timetable") == 0) {
        slots_build(core);
    }
}

void plan_build(void)
{
    struct plan *plan = head();

    used = sizeof(*plan);
    chance = machine.seed * 2 + 1;
    (void)choose(1);
    beside = choose(2) == 0;
    plan->conduit = PLAN_CONDUIT_SMC;
    plan->cpu_count = CPUS;
    for (uint32_t i = 0; i < CPUS; i++) {
        plan->cpus[i].mpidr = i;
        plan->cpus[i].sgi0 = 1ULL << i;
    }
    plan->gic.intid_count = INTIDS;
    plan->gic.hypervisor_timer = TIMER_EL2;
    plan->gic.maintenance = MAINTENANCE;
    plan->gic.virtual_timer = TIMER_GUEST;
    plan->engine_fault = PLAN_ENGINE_FAULT_STOP_CORE;
    plan->manager_intid = plan_spi(VM_MANAGER, 4);
    plan->vms = array_add(vms(), sizeof(struct plan_vm));
    plan->vcpus =
        array_add(beside ? VCPUS : VCPUS - places[VM_BESIDE].count, sizeof(struct plan_vcpu));
    plan->cores = array_add(CPUS, sizeof(struct plan_core));
    for (uint32_t i = 0; i < vms(); i++) {
        vm_build(i);
    }
    for (uint32_t i = 0; i < CPUS; i++) {
        core_build(i);
    }
    plan->total_size = used;
}
