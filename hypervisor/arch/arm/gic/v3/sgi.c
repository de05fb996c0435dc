/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: SGIs between the vCPUs of a VM, trapped at the sender.
 */
#include "cpu.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "trapped.h"
#include "interface.h"
#include "vm.h"

/* What the exit path has stored when it calls sgi_exit. */
#define LAST_SAVED_REGISTER 18U

#define SGI1R_NO_TARGET (1ULL << 63) /* reserved; here: beyond the last vCPU */

/** Sends SGI @intid to vCPU @target (index in the plan), on another CPU. */
static inline void sgi_post(uint32_t target, uint32_t intid)
{
    struct vcpu_state *state = &vcpu_states[target];

    /* Where something waits already the CPU has been told: a sender can't make it listen more
     * than once a time. */
    if (atomic_fetch_or_explicit(&state->sgis, 1U << intid, memory_order_acquire) == 0) {
        gic_interface_send(state->ipi_value); /* after the store */
    }
}

/** The vCPUs of @vm to which the value @value of ICC_SGI1R_EL1 is addressed, by their numbers as
 * affinities: a bit each. @self is the sender's number. */
static inline uint32_t targets_by_number(const struct plan_vm *vm, uint64_t value, uint32_t self)
{
    uint32_t all = (1U << vm->vcpu_count) - 1;

    if ((value & SGI1R_ALL) != 0) {
        return all & ~(1U << self);
    }
    return (value & SGI1R_CLUSTER) != 0 ? 0 : (uint32_t)value & SGI1R_TARGETS & all;
}

/** The same by the affinities of their CPUs. */
static uint32_t targets_by_cpu(const struct plan_vm *vm, uint64_t value)
{
    uint32_t targets = 0;

    for (uint32_t i = 0; i < vm->vcpu_count; i++) { /* bound: VM_VCPUS */
        uint64_t sgi0 = plan.cpus[plan_vcpu(vm->first_vcpu + i)->cpu].sgi0;
        bool named = ((value ^ sgi0) & SGI1R_CLUSTER) == 0 && (value & sgi0 & SGI1R_TARGETS) != 0;
        targets |= named ? 1U << i : 0;
    }
    return targets;
}

void gic_send_sgi(uint64_t value)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t self = this_cpu.vcpu->index - vm->first_vcpu;

    /* bound: VM_VCPUS */
    for (uint32_t targets = targets_by_number(vm, value, self); targets != 0;
         targets &= targets - 1) {
        uint32_t number = (uint32_t)__builtin_ctz(targets);
        if (number == self) {
            lists_pend(this_cpu.vcpu, 0, 1U << SGI1R_INTID(value)); /* bound: 1 in gic_send_sgi */
            continue;
        }
        sgi_post(vm->first_vcpu + number, SGI1R_INTID(value));
    }
}

void gic_checked_send_sgi(uint64_t value)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t self = this_cpu.vcpu->index - vm->first_vcpu;
    bool by_cpu = vm->affinity == PLAN_AFFINITY_PHYSICAL && (value & SGI1R_ALL) == 0;
    uint32_t targets = by_cpu ? targets_by_cpu(vm, value) : targets_by_number(vm, value, self);

    for (; targets != 0; targets &= targets - 1) { /* bound: VM_VCPUS */
        const struct plan_vcpu *target =
            plan_vcpu(vm->first_vcpu + (uint32_t)__builtin_ctz(targets));
        gic_interface_send(plan.cpus[target->cpu].sgi0 | (value & SGI1R_INTID_MASK));
    }
}

/** Whether @value is addressed to one vCPU of @vm alone, by its number, with no other field:
 * *@target, an index in the plan. */
static inline bool only_target(const struct plan_vm *vm, uint64_t value, uint32_t *target)
{
    /* Without the INTID a plain target list remains; any other field makes it too large, or
     * leaves several bits. */
    uint64_t list = value & ~SGI1R_INTID_MASK;
    uint32_t number = (uint32_t)__builtin_ctzll(list | SGI1R_NO_TARGET);

    *target = vm->first_vcpu + number;
    return (list & (list - 1)) == 0 && number < vm->vcpu_count;
}

/** The same as sgi_exit, of a guest with direct interrupts that are checked: @value was written
 * to register @code. */
static bool checked_sgi_exit(uint64_t code, uint64_t value)
{
    const struct plan_vm *vm = this_cpu.vm;

    if (this_cpu.virtual_interrupts || code != ICC_SGI1R) {
        return false;
    }
    uint32_t target;
    if (vm->affinity == PLAN_AFFINITY_VIRTUAL && only_target(vm, value, &target)) {
        gic_interface_send(vcpu_states[target].ipi_value | (value & SGI1R_INTID_MASK));
    } else {
        gic_checked_send_sgi(value);
    }
    vcpu_skip_instruction();
    return true;
}

bool sgi_exit(uint64_t esr, const struct exit_frame *frame)
{
    uint64_t rt = ISS_REG(esr);
    uint64_t code = esr & (ISS_ENCODING | ISS_READ);

    if (rt > LAST_SAVED_REGISTER) {
        return false;
    }
    uint64_t value = frame->x[rt];
    if (code != gic_cpu.sgi_code) {
        return checked_sgi_exit(code, value);
    }
    uint32_t target;
    if (!only_target(this_cpu.vm, value, &target) || target == this_cpu.vcpu->index) {
        return false;
    }
    sgi_post(target, SGI1R_INTID(value));
    vcpu_skip_instruction();
    return true;
}
