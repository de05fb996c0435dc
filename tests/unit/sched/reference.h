/* SPDX-License-Identifier: Apache-2.0 */
/* What the policies promise, written as plainly as possible: every unit of time is decided
 * afresh. For comparison. */
#ifndef TESTS_UNIT_SCHED_REFERENCE_H
#define TESTS_UNIT_SCHED_REFERENCE_H

#include "simulator.h"

/** Who runs in each unit of time [i, i + 1), as actor's number or NOBODY, for the same input as
 * simulate takes. */
void reference_run(const struct simulation *simulation, uint8_t *trace);

#define TRACE_NOBODY 0xffU

#endif
