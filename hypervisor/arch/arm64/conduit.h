/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the firmware (SMC calling convention, Arm DEN 0028E).
 */
#ifndef ARM64_CONDUIT_H
#define ARM64_CONDUIT_H

#include <stdint.h>

/** Calls @function by SMC (registers.S). What it may change, a call in C may change, too. */
uint64_t conduit_smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3);

/** Calls the firmware by SMC with @x[0] to @x[7], and puts its results into @x[0] to @x[3]
 * (registers.S). */
void conduit_pass(uint64_t *x);

#endif
