/* SPDX-License-Identifier: Apache-2.0 */
/* Random cores for the tests: policies, entities, work. */
#ifndef TESTS_UNIT_SCHED_RANDOM_SETS_H
#define TESTS_UNIT_SCHED_RANDOM_SETS_H

#include "simulator.h"

/** A core with small times (units of 1), any load, also more than it can bear. */
void random_small_core(struct simulation *simulation, const struct sched_policy *policy,
                       uint64_t *random);

/** Gives @actor jobs until @horizon_ns, of demand up to @demand_ns, one in each [distance_min_ns,
 * distance_max_ns]. */
void random_jobs(struct actor *actor, uint64_t horizon_ns, uint64_t distance_min_ns,
                 uint64_t distance_max_ns, uint64_t demand_ns, uint64_t *random);

#endif
