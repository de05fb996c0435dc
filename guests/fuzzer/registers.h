/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers and instructions by their encodings, those that trap most often.
 */
#ifndef FUZZER_REGISTERS_H
#define FUZZER_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

/** An encoding of MRS and MSR (op0 2, 3), or of SYS (op0 1). */
struct register_access {
    uint32_t encoding;
    bool write;
    uint64_t value;
};

/** Encoding @index of all there are, each once; 0 where it is left out. */
uint32_t register_encoding(uint32_t index);
#define REGISTER_ENCODINGS (3U << 14)

/** One of them. */
struct register_access register_random(struct random *random);

/** Does it; it may fault. Those that would only end this program are read. */
void register_do(const struct register_access *access);

#endif
