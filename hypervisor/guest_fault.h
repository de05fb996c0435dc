/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest does that it may not.
 */
#ifndef HYPERVISOR_GUEST_FAULT_H
#define HYPERVISOR_GUEST_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "observe.h"

/** What a guest can be made to take, at the instruction that caused the exit. */
enum guest_exception {
    GUEST_UNDEFINED, /* there is no such instruction */
    GUEST_ABORT,     /* there is nothing at the address that it accessed */
};

/** Records @event of the loaded vCPU: with @argument, where the guest was, and the @cause as the
 * architecture has it.
 */
void guest_log(enum log_event event, uint64_t argument, uint64_t cause);

/** A fault of the guest, recorded as by guest_log, and what the VM's configuration says about it
 * (on-fault): the guest takes @exception, or its VM ends if it can take none; the other choices
 * restart or end the VM. */
void guest_fault(enum log_event event, uint64_t argument, uint64_t cause,
                 enum guest_exception exception);

/* What the architecture provides, of the loaded vCPU at an exit. */

/** Where the guest was. */
uint64_t guest_pc(void);

void guest_inject(enum guest_exception exception);

/** Whether the guest comes from an instruction of its own vector table that its last exception
 * came from, too, with all interrupts masked: an exception would bring it there again, for ever. */
bool guest_is_stuck(void);

#endif
