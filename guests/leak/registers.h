/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers, and those of a GICv2's CPU interface, that a guest at EL1 can read and write
 * without harm to itself.
 */
#ifndef LEAK_REGISTERS_H
#define LEAK_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define REGISTERS_MAX 96U

/** Finds out which registers this machine has. */
void registers_start(void);

unsigned registers_count(void);
const char *registers_name(unsigned index);
bool registers_has(unsigned index);

/** Reads all into @values. */
void registers_read(uint64_t *values);

/** Writes bits of @pattern that register @index may have. */
void registers_write(unsigned index, uint64_t pattern);

/** Puts back what stands in @values. */
void registers_restore(const uint64_t *values);

#endif
