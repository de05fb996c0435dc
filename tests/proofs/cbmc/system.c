/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any system: see system.h. Part of each proof (#include), after the sources that it proves.
 */
#include "system.h"

struct plan plan;
struct cpu this_cpu;
struct vcpu loaded;
struct system_registers system_registers;
struct vcpu_state vcpu_states[PLAN_MAX_VCPUS];
struct vm_state vm_states[PLAN_MAX_VMS];
struct gic_private gic_privates[PLAN_MAX_VCPUS];
struct plan_vm system_vms[VMS];
struct plan_vcpu system_vcpus[VCPUS];
struct plan_doorbell system_doorbells[VMS][DOORBELLS];
struct plan_memory system_memory[VMS][RANGES];

static struct vcpu_stats stats;

struct system_registers nondet_registers(void);
struct exit_frame nondet_frame(void);

/* Offsets in the plan: of no meaning but here. */
enum array { ARRAY_VMS = 8, ARRAY_VCPUS = 16, ARRAY_DOORBELLS = 24, ARRAY_MEMORY = 32 };

const void *system_array(struct plan_array array)
{
    switch (array.offset & ~7U) {
    case ARRAY_VMS:
        return system_vms;
    case ARRAY_VCPUS:
        return system_vcpus;
    case ARRAY_DOORBELLS:
        return system_doorbells[array.offset & 7];
    case ARRAY_MEMORY:
        return system_memory[array.offset & 7];
    default:
        prove(false, "an array that these proofs don't know");
        return NULL;
    }
}

struct vm_state *vm_state(const struct plan_vm *vm)
{
    return &vm_states[plan_vm_index(vm)];
}

bool system_is_own(uint32_t vcpu)
{
    return vcpu >= this_cpu.vm->first_vcpu &&
           vcpu < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count;
}

uint32_t system_vcpu_on(uint32_t cpu)
{
    for (uint32_t i = 0; i < VCPUS; i++) {
        if (system_is_own(i) && system_vcpus[i].cpu == cpu) {
            return i;
        }
    }
    return PLAN_NONE;
}

bool system_owns(uint32_t n, uint32_t bits)
{
    return (bits & ~this_cpu.vm->intids[n]) == 0;
}

/** VM @i: its vCPUs follow those of the VMs before it. What is not set is 0, and no proved
 * function reads it. */
static void vm_any(uint32_t i, uint32_t first_vcpu, uint32_t vcpu_count)
{
    struct plan_vm *vm = &system_vms[i];

    vm->stage2.vttbr = (uint64_t)(i + 1) << 48;
    vm->fault_action = nondet_u32();
    vm->first_vcpu = first_vcpu;
    vm->vcpu_count = vcpu_count;
    vm->intids[0] = nondet_u32() & ~(1U << plan.gic.maintenance | 1U << plan.gic.hypervisor_timer);
    for (uint32_t n = 1; n < INTID_WORDS; n++) {
        vm->intids[n] = nondet_u32() & SPIS;
    }
    vm->info_ipa = nondet_u64();
    vm->gicd_ipa = nondet_u64() & 0xfffffff000;
    vm->gicr_ipa = nondet_u64() & 0xffffff0000;
    vm->gicc_ipa = nondet_u64() & 0xfffffff000;
    vm->doorbell_ipa = nondet_u64() & 0xfffffff000;
    vm->command_ipa = nondet_u64() & 0xfffffff000;
    vm->doorbells = (struct plan_array){ARRAY_DOORBELLS + i, nondet_u32()};
    vm->memory = (struct plan_array){ARRAY_MEMORY + i, nondet_u32()};
    assume(vm->doorbells.count <= DOORBELLS && vm->memory.count <= RANGES);
    for (uint32_t k = 0; k < DOORBELLS; k++) {
        struct plan_doorbell *doorbell = &system_doorbells[i][k];
        *doorbell = (struct plan_doorbell){
            .intid = nondet_u32(), .limiter = nondet_u32(), .interval_ns = nondet_u64()};
        assume(doorbell->intid >= PLAN_FIRST_SPI && doorbell->intid < 32 * INTID_WORDS &&
               doorbell->limiter < PLAN_MAX_DOORBELLS);
    }
    for (uint32_t k = 0; k < RANGES; k++) {
        struct plan_memory *memory = &system_memory[i][k];
        memory->ipa = nondet_u64() & 0xfffffff000;
        memory->pa = nondet_u64() & 0x3ffffff000;
        memory->size = nondet_u64() & 0x3ffffff000;
        memory->flags = nondet_u32();
        assume(memory->size != 0 && memory->pa + memory->size <= 0x3f00000000);
    }
}

/** No two VMs own the same SPI; no two vCPUs of a VM are on the same CPU or have the same
 * affinity. */
static void system_wellformed(void)
{
    for (uint32_t n = 1; n < INTID_WORDS; n++) {
        assume((system_vms[0].intids[n] & system_vms[1].intids[n]) == 0);
    }
    for (uint32_t i = 0; i < VCPUS; i++) {
        assume(system_vcpus[i].cpu < CPUS);
        for (uint32_t j = 0; j < i; j++) {
            bool same_vm = (i >= system_vms[1].first_vcpu) == (j >= system_vms[1].first_vcpu);
            assume(!same_vm || (system_vcpus[i].cpu != system_vcpus[j].cpu &&
                                system_vcpus[i].mpidr != system_vcpus[j].mpidr));
        }
    }
}

/** The loaded vCPU is one of the second VM's; the first one may have none, so that any number may
 * be its first. */
void system_any(void)
{
    const struct plan_vm *vm = &system_vms[1];
    uint32_t before = nondet_u32();
    uint32_t count = nondet_u32();
    uint32_t vcpu = nondet_u32();

    assume(count >= 1 && count <= CPUS && before <= CPUS && before + count <= VCPUS);
    plan.vms = (struct plan_array){ARRAY_VMS, VMS};
    plan.vcpus = (struct plan_array){ARRAY_VCPUS, before + count};
    plan.cpu_count = CPUS;
    plan.gic.intid_count = 32 * INTID_WORDS;
    plan.gic.maintenance = 25;
    plan.gic.hypervisor_timer = 26;
    for (uint32_t i = 0; i < CPUS; i++) {
        plan.cpus[i].mpidr = nondet_u64() & MPIDR_AFFINITY;
        plan.cpus[i].sgi0 = nondet_u64();
    }
    for (uint32_t i = 0; i < VCPUS; i++) {
        system_vcpus[i].mpidr = nondet_u64() & MPIDR_AFFINITY;
        system_vcpus[i].cpu = nondet_u32();
        system_vcpus[i].vm = i < before ? 0 : 1;
    }
    vm_any(0, 0, before);
    vm_any(1, before, count);
    system_wellformed();
    assume(vcpu >= before && vcpu < before + count);
    loaded.frame = nondet_frame();
    loaded.plan = &system_vcpus[vcpu];
    loaded.vm = vm;
    loaded.stats = &stats;
    loaded.state = &vcpu_states[vcpu];
    loaded.private = &gic_privates[vcpu];
    loaded.index = vcpu;
    this_cpu.stats = &stats;
    this_cpu.vm = vm;
    this_cpu.vcpu = &loaded;
    this_cpu.index = system_vcpus[vcpu].cpu;
    this_cpu.virtual_interrupts = nondet_bool();
    this_cpu.shared = nondet_bool();
    system_registers = nondet_registers();
}
