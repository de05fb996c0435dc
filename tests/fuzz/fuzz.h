/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzzed program gives to whoever drives it: libFuzzer (`make fuzz`), or run_inputs.c in
 * the usual tests. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Called before each access of the program to shared memory, if it is set
 * (tests/unit/ring/moments.h). */
extern _Thread_local void (*at_each_moment)(const volatile void *word, int order);

/** Tries one input; dies if anything is wrong. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
