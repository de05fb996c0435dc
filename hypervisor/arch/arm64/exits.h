/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembly calls: the start, by boot.S; exits, which bring a guest to EL2, by vectors.S
 * with the guest's registers in its vCPU's frame.
 */
#ifndef ARM64_EXITS_H
#define ARM64_EXITS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest_fault.h"
#include "sysreg.h"

typedef void exit_handler(uint64_t esr);

/** By exception class; hypercalls that return at once are handled before (vectors.S). */
extern exit_handler *const exit_handlers[ESR_EC_COUNT];

/** WFI on a shared core. */
exit_handler wait_exit;

/** A hypercall that may let others run. */
exit_handler hypercall_exit;

/** SMC: PSCI for guests that use this conduit, and what the VM may ask the firmware. */
exit_handler psci_exit;

/** A trapped system register or instruction. */
exit_handler sysreg_exit;

/** A trapped instruction of AArch32 at EL0 that accesses a coprocessor, or has its form. */
exit_handler coprocessor_exit;

/** A data abort: whether it was a store to a doorbell page, and the guest goes on: behind it, or
 * there again if it came too soon. Changes no register of the guest, nor who runs. Cost:
 * doorbell_ring's. */
bool doorbell_exit(void);

/** A data abort, no doorbell: the emulated interrupt controller, or the next. */
exit_handler data_fault_exit;

/** Memory that stage 2 doesn't grant; or a manager's command. */
exit_handler stage2_fault_exit;

/** Anything that has no handler: the guest's fault. */
exit_handler guest_fault_exit;

/** An asynchronous abort while a guest ran: it is the guest's. */
exit_handler serror_exit;

/** guest_fault for an instruction that is trapped. One at EL0 makes the guest take an
 * undefined-instruction exception, whatever is configured: a program must not be able to end the
 * system that it runs under. */
void guest_fault_instruction(enum log_event event, uint64_t argument, uint64_t esr);

/** Reads feature register with encoding @iss (ESR_EL2.ISS without direction and register) as
 * guests see it. Returns false if @iss is none of them. */
bool feature_register_read(uint64_t iss, uint64_t *value);

#endif
