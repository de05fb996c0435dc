/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: SGIs between the vCPUs of a VM, trapped at the sender.
 */
#include "cpu.h"
#include "gic.h"
#include "gicv3.h"
#include "gicv3_lists.h"
#include "gicv3_local.h"
#include "gicv3_virtual_interface.h"
#include "gicv3_trapped.h"
#include "vm.h"

/* What the exit path has stored when it calls sgi_exit. */
#define LAST_SAVED_REGISTER 18U

#define SGI1R_NO_TARGET (1ULL << 63) /* reserved; here: beyond the last vCPU */

/** Sends SGI @intid to vCPU @target (index in the plan), on another CPU. */
static inline void announce(uint32_t target, uint32_t intid)
{
    struct vcpu_state *state = &vcpu_states[target];

    /* Where something waits already the CPU has been told: a sender can't make it listen more than once a time. */
    if (atomic_fetch_or_explicit(&state->sgis, 1U << intid, memory_order_acquire) == 0) {
        gic_interface_send(state->announce); /* after the store */
    }
}

void gic_send_sgi(uint64_t value)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t all = (1U << vm->vcpu_count) - 1;
    uint32_t self = this_cpu.vcpu->index - vm->first_vcpu;
    uint32_t targets = (uint32_t)value & SGI1R_TARGETS;

    /* A vCPU's affinity is its number (plan.h, plan_vcpu.mpidr). */
    if ((value & SGI1R_ALL) != 0) {
        targets = ~(1U << self);
    } else if ((value & SGI1R_CLUSTER) != 0) {
        return;
    }
    for (targets &= all; targets != 0; targets &= targets - 1) { /* bound: VM_VCPUS */
        uint32_t number = (uint32_t)__builtin_ctz(targets);
        if (number == self) {
            lists_pend(this_cpu.vcpu, 0, 1U << SGI1R_INTID(value)); /* bound: 1 in gic_send_sgi */
            continue;
        }
        announce(vm->first_vcpu + number, SGI1R_INTID(value));
    }
}

/** The same of a guest with direct interrupts that are checked. */
static bool checked_sgi_exit(uint64_t esr, const struct exit_frame *frame)
{
    unsigned rt = ISS_REG(esr);

    if (this_cpu.virtual_interrupts || (esr & (ISS_ENCODING | ISS_READ)) != ICC_SGI1R || rt > LAST_SAVED_REGISTER) {
        return false;
    }
    gic_checked_send_sgi(frame->x[rt]);
    vcpu_skip_instruction();
    return true;
}

bool sgi_exit(uint64_t esr, const struct exit_frame *frame)
{
    unsigned rt = ISS_REG(esr);

    if ((esr & (ISS_ENCODING | ISS_READ)) != gic_cpu.sgi_code || rt > LAST_SAVED_REGISTER) {
        return checked_sgi_exit(esr, frame);
    }
    /* Without the INTID a plain target list remains; any other field makes it too large, or leaves several bits. */
    uint64_t value = frame->x[rt];
    uint64_t list = value & ~SGI1R_INTID_MASK;
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t number = (uint32_t)__builtin_ctzll(list | SGI1R_NO_TARGET);
    uint32_t target = vm->first_vcpu + number;
    if ((list & (list - 1)) != 0 || number >= vm->vcpu_count || target == this_cpu.vcpu->index) {
        return false;
    }
    announce(target, SGI1R_INTID(value));
    vcpu_skip_instruction();
    return true;
}
