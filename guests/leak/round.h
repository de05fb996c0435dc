/* SPDX-License-Identifier: Apache-2.0 */
/*
 * General, floating-point and SIMD registers across a piece of time in which others may run.
 */
#ifndef LEAK_ROUND_H
#define LEAK_ROUND_H

#include <stdint.h>

/** Layout known to round.S. */
struct round_registers {
    uint64_t x[31];
    uint64_t nzcv;
    uint64_t fpsr;
    uint64_t fpcr;
    uint64_t reserved[2];
    uint64_t v[32][2];
};

/**
 * Loads all registers from @in, makes hypercall @function with @argument, or counts @argument down
 * if it is 0, and stores all registers to @out. x0, x1 are the call's own.
 */
void round_run(const struct round_registers *in, struct round_registers *out, uint64_t function,
               uint64_t argument);

#endif
