/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power calls of guests, by the architecture's own interface.
 */
#ifndef HYPERVISOR_GUEST_POWER_H
#define HYPERVISOR_GUEST_POWER_H

#include <stdint.h>

/** Answers a call that is none of guest.h's. Returns what the guest finds in its first register;
 * calls that end the vCPU return, and it is parked. Cost: bounded by the VM's number of vCPUs. */
uint64_t power_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3);

#endif
