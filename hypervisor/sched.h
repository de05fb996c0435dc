/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs on this CPU: between the policy, which decides, and the vCPUs, which wait and wake.
 */
#ifndef HYPERVISOR_SCHED_H
#define HYPERVISOR_SCHED_H

#include "vcpu.h"

/** Prepares this CPU's policy and vCPUs, as the plan says. Once, at boot. */
void sched_init(void);

/** @vcpu has something to do: it no longer waits, and whoever runs is decided afresh. */
void sched_wake(struct vcpu *vcpu);

/** @vcpu waits for @wait, or is off (WAIT_NOTHING). */
void sched_block(struct vcpu *vcpu, enum vcpu_wait wait);

/** Whether it is the turn of @vcpu: what is done for it now is done in its own time. */
bool sched_runs(const struct vcpu *vcpu);

/** The loaded vCPU gives up its turn. */
void sched_yield(void);

/** Wakes those whose time has come, decides who runs, loads it, arms the timer, and goes on with
 * it; sleeps at EL2 while nobody is ready. Called at the end of every exit that set
 * this_cpu.decide. */
_Noreturn void sched_run(void);

/** The same from the start of the CPU's stack: how sched_run goes on when there was nothing to
 * run. */
_Noreturn void sched_restart(void);

#endif
