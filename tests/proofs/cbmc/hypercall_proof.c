/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercalls and PSCI: whatever function a guest calls with whatever arguments, what other parts
 * are asked for is in their contracts; memory is read within the VM's RAM.
 */
#include "arch/arm/psci_guest.c"
#include "arch/arm64/guest_memory.c"
#include "hypercall.c"

#include "system.c"

static uint64_t now;
static uint32_t blocked;

const void *system_window(uint64_t pa, unsigned size)
{
    static uint64_t word;
    bool inside = false;

    for (uint32_t i = 0; i < RANGES; i++) {
        const struct plan_memory *memory = &system_memory[1][i];
        inside |= i < this_cpu.vm->memory.count && (memory->flags & PLAN_MEMORY_EXEC) != 0 &&
                  pa >= memory->pa && size <= memory->size &&
                  pa - memory->pa <= memory->size - size;
    }
    prove(inside, "memory is read within the VM's RAM");
    prove(pa % size == 0, "and aligned");
    word = nondet_u64();
    return &word;
}

uint64_t clock_ns(void)
{
    return now;
}

uint64_t vcpu_timers_ns(const struct vcpu *vcpu)
{
    prove(vcpu == &loaded, "timers of the loaded vCPU");
    return nondet_u64();
}

bool interrupts_pending(struct vcpu *vcpu)
{
    prove(vcpu == &loaded && this_cpu.virtual_interrupts, "virtual interrupts of the loaded vCPU");
    return nondet_bool();
}

void sched_block(struct vcpu *vcpu, enum vcpu_wait wait)
{
    prove(vcpu == &loaded && this_cpu.virtual_interrupts,
          "who waits at EL2 has virtual interrupts");
    prove(wait == WAIT_DELAY || wait == WAIT_EVENT, "by these calls");
    prove(vcpu->wake_ns <= vcpu->timeout_ns || wait == WAIT_EVENT,
          "a delay ends at its time, or before");
    prove(wait != WAIT_DELAY || vcpu->timeout_ns >= now, "a delay is not over before it begins");
    prove(wait != WAIT_EVENT || vcpu->wake_ns >= now, "an interval, too");
    blocked++;
}

void sched_yield(void)
{
}

void watchdog_pet(void)
{
}

void log_write(enum log_event event, const struct plan_vcpu *vcpu, uint64_t a, uint64_t b,
               uint64_t c, uint64_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    prove(event == LOG_VM_TEXT && vcpu == loaded.plan, "only text of the loaded vCPU is logged");
    prove(loaded.log_again_ns == UINT64_MAX || loaded.log_again_ns - now >= HC_LOG_INTERVAL,
          "and the next comes later");
}

int64_t doorbell_ring(uint64_t number)
{
    (void)number; /* any: doorbell.c */
    return HC_OK;
}

void vcpu_wait_for_interrupt(void)
{
    prove(this_cpu.virtual_interrupts, "else its core is its own");
}

void vcpu_park(struct vcpu *vcpu)
{
    prove(vcpu == &loaded, "a vCPU turns itself off");
}

void vm_finish(enum vm_status_state phase, enum vm_status_reason reason)
{
    prove((phase == VM_STATUS_STOPPING || phase == VM_STATUS_RESTARTING) &&
              reason == VM_REASON_SELF,
          "a VM ends or restarts itself");
}

uint32_t vm_vcpu(const struct plan_vm *vm, uint64_t mpidr)
{
    uint32_t found = nondet_u32();

    (void)mpidr;
    assume(found == PLAN_NONE ||
           (found >= vm->first_vcpu && found < vm->first_vcpu + vm->vcpu_count));
    return found;
}

enum vcpu_power vcpu_power_on(uint32_t vcpu, guest_addr_t entry, uint64_t context)
{
    (void)context;
    prove(vcpu >= this_cpu.vm->first_vcpu &&
              vcpu < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count,
          "a vCPU of the VM");
    prove(entry.ipa % 4 == 0 && guest_memory_has(this_cpu.vm, entry),
          "that begins in the VM's RAM");
    return nondet_u32() & 3;
}

int32_t workaround_feature(uint32_t id)
{
    (void)id;
    return (int32_t)nondet_u32();
}

int64_t workaround_call(uint32_t id, uint32_t argument)
{
    (void)id, (void)argument;
    return (int64_t)nondet_u64();
}

uint64_t cpu_counter_frequency(void)
{
    return nondet_u64();
}

int main(void)
{
    system_any();
    now = nondet_u64();
    for (uint32_t i = 0; i < VCPUS; i++) {
        vcpu_states[i].power = nondet_u32() & 3;
    }
    if (nondet_bool()) {
        uint64_t number = nondet_u64();
        assume(number < HC_FAST_END - HC_NULL); /* vectors.S */
        (void)hypercall(number, nondet_u64());
    } else {
        (void)hypercall_slow(nondet_u64(), nondet_u64(), nondet_u64(), nondet_u64());
    }
    prove(blocked <= 1, "a call waits once");
    return 0;
}
