/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A long sleep: until nearly the end of all time, by a call and by a timer's compare value.
 */
#ifndef FUZZER_NAP_H
#define FUZZER_NAP_H

#include <stdint.h>

/** The first vCPU sleeps for @seconds, which the second one counts before it resets the VM.
 * Doesn't come back. */
_Noreturn void nap(uint64_t seconds);

#endif
