/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that look random, the same in each run: a test with an exact period could lock phase with
 * whatever else is periodic, and hide the worst case.
 */
#ifndef BENCH_VARIATION_H
#define BENCH_VARIATION_H

#include <stdint.h>

#define VARIATION_START UINT64_C(0x9e3779b97f4a7c15)

/** The next of a sequence that does not repeat in our time, below @limit (xorshift64). @state:
 * VARIATION_START at first, or anything else but 0. */
static inline uint64_t variation_next(uint64_t *state, uint64_t limit)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % limit;
}

#endif
