/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep: every page, register and function number in order. What a life does not finish, the
 * next one goes on behind.
 */
#ifndef FUZZER_SWEEP_H
#define FUZZER_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "page.h"

/** Where registers are dense, one offset of @dense is tried, elsewhere one of @thin; which ones,
 * @seed says. */
void sweep_start(volatile struct fuzz_page *page, uint64_t seed, uint64_t dense, uint64_t thin);

/** This vCPU's part: for a cpu_function. */
void sweep_run(void *context);

/** Whether vCPU @cpu has done its part. */
bool sweep_done(unsigned cpu);

#endif
