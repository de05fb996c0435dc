/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the firmware (SMC calling convention, Arm DEN 0028E).
 */
#ifndef ARM64_CONDUIT_H
#define ARM64_CONDUIT_H

#include <stdint.h>

static inline uint64_t conduit_smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a1;
    register uint64_t x2 __asm__("x2") = a2;
    register uint64_t x3 __asm__("x3") = a3;

    /* Version 1.0 of the convention lets x4 to x17 change. */
    __asm__ volatile("smc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     :
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                       "memory");
    return x0;
}

#endif
