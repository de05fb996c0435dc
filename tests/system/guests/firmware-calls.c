/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls the firmware, above firmware/firmware.S, with x1 to x7 = 1 to 7 and with 8 to 17 in x8 to
 * x17:
 *
 *     firmware-calls: smc|hvc FUNCTION gives A B C D, x4 to x17 kept|changed
 *     firmware-calls: PSCI is of version 10001
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/smccc.h"

#define REGISTERS 18U
#define RESULTS   4U /* x0 to x3 */

/* In x19, since all up to x17 are the call's. */
#define CALL(instruction, registers)                                                               \
    {                                                                                              \
        register uint64_t *x19 __asm__("x19") = (registers);                                       \
        __asm__ volatile(                                                                          \
            "ldp x0, x1, [x19]; ldp x2, x3, [x19, #16]; ldp x4, x5, [x19, #32]; ldp x6, x7, "      \
            "[x19, #48];"                                                                          \
            "ldp x8, x9, [x19, #64]; ldp x10, x11, [x19, #80]; ldp x12, x13, [x19, #96];"          \
            "ldp x14, x15, [x19, #112]; ldp x16, x17, [x19, #128];" instruction " #0;"             \
            "stp x0, x1, [x19]; stp x2, x3, [x19, #16]; stp x4, x5, [x19, #32]; stp x6, x7, "      \
            "[x19, #48];"                                                                          \
            "stp x8, x9, [x19, #64]; stp x10, x11, [x19, #80]; stp x12, x13, [x19, #96];"          \
            "stp x14, x15, [x19, #112]; stp x16, x17, [x19, #128]"                                 \
            :                                                                                      \
            : "r"(x19)                                                                             \
            : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",     \
              "x13", "x14", "x15", "x16", "x17", "memory");                                        \
    }

static void call(bool smc, uint64_t function)
{
    uint64_t x[REGISTERS] = {function};
    bool kept = true;

    for (unsigned i = 1; i < REGISTERS; i++) {
        x[i] = i;
    }
    if (smc) {
        CALL("smc", x)
    } else {
        CALL("hvc", x)
    }
    for (unsigned i = RESULTS; i < REGISTERS; i++) {
        kept = kept && x[i] == i;
    }
    printf("firmware-calls: %s %" PRIx64 " gives %" PRId64 " %" PRId64 " %" PRId64 " %" PRIx64
           ", x4 to x17 %s\n",
           smc ? "smc" : "hvc", function, (int64_t)x[0], (int64_t)x[1], (int64_t)x[2], x[3],
           kept ? "kept" : "changed");
}

int main(void)
{
    /* firmware-calls.yaml has 0x82000001, and 0xc2000010 to 0xc200001f. */
    static const uint64_t functions[] = {
        /* the upper half doesn't count */
        0x82000001, 0xc2000010, 0xc200001f, UINT64_C(0xffffffff82000001),
        0x82000000, 0x82000002, 0xc200000f, 0xc2000020,
        0xc2000001, 0x83000001,
    };

    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        call(true, functions[i]);
    }
    call(false, 0x82000001);
    printf("firmware-calls: PSCI is of version %" PRIx64 "\n", smccc_smc(0x84000000, 0, 0, 0).x0);
    return 0;
}
