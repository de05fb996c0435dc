/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller, whichever it is: what the common code needs of it. A port implements
 * this (arch/arm/gic/).
 */
#ifndef HYPERVISOR_INTERRUPTS_H
#define HYPERVISOR_INTERRUPTS_H

#include "vcpu.h"

/** Brings the distributor to its first state, as the plan says. Once, on the boot CPU. Returns
 * false, and logs it, if it has fewer interrupts than the plan counts on. */
bool interrupts_init(void);

/** Wakes this CPU's interface, and opens it if interrupts come to EL2 here. Once on each CPU.
 * Returns false, and logs it, if what the plan takes for it is another CPU's. */
bool interrupts_cpu_init(void);

/** Sleeps until there is something for EL2 on this CPU, while no guest runs, and deals with it. */
void interrupts_wait(void);

/** Deals with the interrupts that are there for EL2 now, at most INTERRUPTS_POLL_MAX. */
void interrupts_poll(void);

#define INTERRUPTS_POLL_MAX 16U

/** Makes SPI @intid, edge-triggered, pending: after all that was stored before. */
void interrupts_raise(intid_t intid);

/** Wakes the CPU of @vcpu (index in the plan; of a VM whose root is mapped here), in its guest or
 * at EL2, to look at what is asked of it (vm_attend). A guest with direct interrupts that sleeps
 * and lets no interrupt through can't be woken; its own VM waits for it then, nobody else
 * (docs/decisions/0005-how-a-core-is-taken-back.md). */
void interrupts_kick(uint32_t vcpu);

/** Disables all SPIs of @vm. */
void interrupts_vm_disable(const struct plan_vm *vm);

/** Resets some of its SPIs, which are disabled: not pending or active, of the first priority,
 * routed as at boot. @word, 0 at first, tells which. Returns whether there are more. Cost: at
 * most 32 SPIs. */
bool interrupts_vm_reset(const struct plan_vm *vm, uint32_t *word);

/* The interrupts of a vCPU of this CPU. */

/** @vcpu goes off: what it has not taken or not ended is the hardware's again, so that SPIs come
 * where they are routed.
 */
void interrupts_vcpu_off(struct vcpu *vcpu);

/** Another CPU may have sent something to @vcpu, which takes it when it runs: now if it does.
 * Returns whether it waits, and is to be made ready for that. */
bool interrupts_vcpu_attend(struct vcpu *vcpu);

/** @vcpu, whose turn it is, takes what other CPUs have sent to it. */
void interrupts_take_sent(struct vcpu *vcpu);

/** Whether @vcpu, which is loaded and has virtual interrupts, has one pending that it could take,
 * so that it does not wait. */
bool interrupts_pending(struct vcpu *vcpu);

#endif
