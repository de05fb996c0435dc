/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercalls and PSCI functions with odd numbers and odd arguments, by HVC and by SMC.
 */
#ifndef FUZZER_CALLS_H
#define FUZZER_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

struct call {
    uint64_t function;
    uint64_t arguments[3];
    bool smc;
};

/** One of them; none that waits, switches off or resets. */
struct call call_random(struct random *random);

/** Number @index of all that are worth a try, each once; ends with 0. */
uint64_t call_function(uint32_t index);

/** Whether @function may switch this vCPU or the VM off, reset it, or wait. */
bool call_is_power(uint64_t function);

/** Makes it. */
void call_do(const struct call *call);

#endif
