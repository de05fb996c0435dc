/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loaded vCPU's guest, as an exit has left it.
 */
#ifndef ARM64_GUEST_STATE_H
#define ARM64_GUEST_STATE_H

#include "vcpu.h"

/** Takes the guest off this CPU's traps and timers, while nothing of a VM with direct interrupts
 * runs here. */
void vcpu_leave(void);

/** The value of register @n as an instruction sees it: 31 is the zero register. */
static inline uint64_t vcpu_register(unsigned n)
{
    return n < 31 ? guest_registers()[n] : 0;
}

static inline void vcpu_set_register(unsigned n, uint64_t value)
{
    if (n < 31) {
        guest_registers()[n] = value;
    }
}

#endif
