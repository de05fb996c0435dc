/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This CPU: what the hypervisor knows of it, at one address on every CPU, and what it asks of the
 * architecture.
 */
#ifndef HYPERVISOR_CPU_H
#define HYPERVISOR_CPU_H

#include "core_local.h"
#include "observe.h"
#include "plan_access.h"

struct vcpu;

/* Bits of cpu.extras. */
#define CPU_EXTRA_RAS    1U /* its deferred errors are switched */
#define CPU_EXTRA_FORGET 2U /* the predictors forget (`speculation: mitigate`) */

/** The exit path (vectors.S) reads the first three members. */
struct cpu {
    struct vcpu_stats *stats; /* of the vCPU whose context is loaded */
    const struct plan_vm *vm; /* that it belongs to */
    struct vcpu *vcpu;        /* itself; NULL until the first one starts */
    const struct plan_core *core;
    uint32_t index;          /* of this CPU in the plan */
    uint32_t need_resched;   /* not 0: something happened that may change who runs */
    uint32_t extras;         /* CPU_EXTRA_*: what a change of vCPUs has in addition */
    bool virtual_interrupts; /* interrupts come to EL2; else they are the guest's */
    bool shared;             /* vCPUs of several VMs run here */
    /* or where another vCPU of such a VM runs: its vCPUs all have the same features */
    bool restricted;
};

extern PERCPU struct cpu this_cpu;

/* What the architecture provides. */

/** The physical counter, in its own ticks. */
uint64_t cpu_counter(void);

/** Its ticks per second. */
uint64_t cpu_counter_frequency(void);

/** Sets this CPU up to run guests. Once, at boot. */
void cpu_init(void);

/** Stops this CPU for good: after a mistake of the hypervisor's own, or of its plan. */
_Noreturn void cpu_stop(void);

#endif
