/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercalls (abi/guest.h).
 */
#ifndef HYPERVISOR_HYPERCALL_H
#define HYPERVISOR_HYPERCALL_H

#include <stdint.h>

/**
 * Answers those of a guest's calls that return at once. Called by the exit path.
 *
 * @number  HC_NULL is 0, up to HC_FAST_END - 1 - HC_NULL
 * @a1      the guest's x1
 * Returns  what the guest finds in x0.
 * Cost     empty call: 45 instructions with entry and return (bench: hypercall_null).
 *          requirements.md M12.
 */
uint64_t hypercall(uint64_t number, uint64_t a1);

/**
 * Answers all other calls, PSCI too, with the guest's registers x0 to x3.
 *
 * Returns  what the guest finds in x0 when it goes on, which may be later: others may run
 *          meanwhile. Functions with more results write them to guest_registers(). requirements.md
 *          M10.
 */
uint64_t hypercall_slow(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3);

#endif
