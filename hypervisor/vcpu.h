/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU on its CPU: its registers, its interrupts, what it waits for.
 *
 * While a guest runs, the stack pointer of EL2 points at its vCPU's frame; the exit path stores
 * there what it must, and handlers read and write the guest's registers there. All else of the
 * loaded vCPU is in the CPU's registers, until vcpu_load puts another one's there.
 */
#ifndef HYPERVISOR_VCPU_H
#define HYPERVISOR_VCPU_H

#include "core_local.h"
#include "cpu.h"
#include "exit_frame.h"
#include "gic_state.h"
#include "plan_access.h"
#include "sched/policy.h"
#include "vcpu_context.h"

/** What a vCPU that does not run waits for. */
enum vcpu_wait {
    WAIT_NOTHING = 0, /* it is ready, or off */
    WAIT_INTERRUPT,   /* WFI, CPU_SUSPEND: an interrupt, its timers' too */
    WAIT_DELAY,       /* the same, or wake_ns */
    WAIT_EVENT,       /* a word in its memory, looked at from time to time */
};

/** Only its own CPU touches it. */
struct vcpu {
    /* Of the fast paths through an exit, which end without ever leaving it. */
    _Alignas(16) uint64_t stack[VCPU_STACK_WORDS];
    struct exit_frame frame;
    const struct plan_vcpu *plan;
    const struct plan_vm *vm;
    struct vcpu_stats *stats;
    struct vcpu_state *state;    /* shared: vm.h */
    struct gic_private *private; /* shared: gic_state.h */
    uint32_t index;              /* in the plan */
    uint32_t wait;               /* enum vcpu_wait */
    /* when something is due while it waits; CLOCK_NEVER if nothing is */
    uint64_t wake_ns;
    uint64_t timeout_ns;   /* WAIT_DELAY: its end; WAIT_EVENT: the interval */
    uint64_t log_again_ns; /* when HC_LOG takes something again */
    guest_addr_t event;    /* WAIT_EVENT: the word */
    bool polls;            /* it polls that word before it goes on */
    /* the same, or it brings its VM's memory back before (vm_restore_step) */
    bool has_deferred_work;
    struct sched_entity entity;
    struct gic_vcpu gic;
    struct vcpu_context context; /* while another one is loaded */
};

/** The vCPUs of this CPU, in the order of plan_core.vcpus. */
extern PERCPU struct vcpu vcpus[PLAN_MAX_CPU_VCPUS];

/** The one of each VM, by index + 1, or NULL; NULL for 0. */
extern PERCPU struct vcpu *vm_vcpus[PLAN_MAX_VMS + 1];

/** Makes @vcpu the one that goes on when EL2 returns. Cost: bench vcpu_switch_el2; nothing if it
 * is loaded. */
void vcpu_load(struct vcpu *vcpu);

/** Brings @vcpu to the state after a reset: it will begin at @entry with @context in x0, EL1, MMU
 * and caches off, all exceptions masked (Arm DEN 0022, 6.4). */
void vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t context);

/** When the first of the timers of @vcpu fires that could interrupt it, in ns; CLOCK_NEVER if
 * none can. */
uint64_t vcpu_timers_ns(const struct vcpu *vcpu);

/** Returns from EL2 to the loaded vCPU. */
_Noreturn void vcpu_enter(void);

/** The loaded vCPU's registers. */
static inline uint64_t *guest_registers(void)
{
    return this_cpu.vcpu->frame.x;
}

/** Makes the guest go on behind the instruction that caused the exit, one of AArch64. */
void vcpu_skip_instruction(void);

#endif
