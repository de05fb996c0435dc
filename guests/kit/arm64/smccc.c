/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two call instructions. x4 to x17 are the callee's to change (Arm DEN 0028E, 2.6).
 */
#include "kit/smccc.h"

#define SMCCC_CALL(instruction)                                                                    \
    register uint64_t r0 __asm__("x0") = function;                                                 \
    register uint64_t r1 __asm__("x1") = x1;                                                       \
    register uint64_t r2 __asm__("x2") = x2;                                                       \
    register uint64_t r3 __asm__("x3") = x3;                                                       \
    __asm__ volatile(instruction                                                                   \
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                      \
                     :                                                                             \
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",      \
                       "x15", "x16", "x17", "memory");                                             \
    return (struct smccc_result)                                                                   \
    {                                                                                              \
        r0, r1, r2, r3                                                                             \
    }

struct smccc_result smccc_hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    SMCCC_CALL("hvc #0");
}

struct smccc_result smccc_smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    SMCCC_CALL("smc #0");
}
