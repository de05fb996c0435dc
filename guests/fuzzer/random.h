/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that follow from a seed. Each step of each vCPU has a seed of its own, so what it does
 * depends on no other step.
 */
#ifndef FUZZER_RANDOM_H
#define FUZZER_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/** The numbers of step @step of vCPU @vcpu in life @life of a run with @seed. */
struct random random_start(uint64_t seed, uint64_t life, uint64_t vcpu, uint64_t step);

/** The next 64 bits. */
uint64_t random_next(struct random *random);

/** A number below @end, which is not 0. */
uint64_t random_below(struct random *random, uint64_t end);

/** True once in @in times. */
bool random_once(struct random *random, uint64_t in);

/** A value worth writing: 0, all ones, one bit, a small number, or any. */
uint64_t random_value(struct random *random);

#endif
