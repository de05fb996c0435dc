/* SPDX-License-Identifier: Apache-2.0 */
/* Random cores for the tests. */
#include "random_sets.h"

#include <string.h>

void random_jobs(struct actor *actor, uint64_t horizon_ns, uint64_t distance_min_ns,
                 uint64_t distance_max_ns, uint64_t demand_ns, uint64_t *random)
{
    uint64_t arrival = random_between(random, 0, distance_max_ns);
    bool yields = random_between(random, 0, 3) == 0;

    while (arrival < horizon_ns && actor->job_count < SIMULATOR_JOBS) {
        actor_add_job(actor, arrival, random_between(random, 1, demand_ns),
                      yields && random_between(random, 0, 1) == 0);
        arrival += random_between(random, distance_min_ns, distance_max_ns);
    }
}

static void random_slots(struct simulation *simulation, uint64_t *random)
{
    uint64_t at = random_between(random, 0, 3);
    size_t owners = random_between(random, 1, simulation->actor_count);

    while (simulation->slot_count < SIMULATOR_SLOTS && at < 60) {
        struct sched_slot *slot = &simulation->slots[simulation->slot_count++];

        *slot = (struct sched_slot){.start_ns = at, .length_ns = random_between(random, 1, 8)};
        slot->entity = (uint32_t)random_between(random, 0, owners - 1);
        at += slot->length_ns +
              (random_between(random, 0, 1) != 0 ? random_between(random, 0, 6) : 0);
    }
    simulation->frame_ns = at + random_between(random, 0, 5);
}

void random_small_core(struct simulation *simulation, const struct sched_policy *policy,
                       uint64_t *random)
{
    memset(simulation, 0, sizeof(*simulation));
    simulation->policy = policy;
    simulation->horizon_ns = 400;
    simulation->slice_ns = random_between(random, 1, 12);
    simulation->random = *random;
    simulation->actor_count = policy == &sched_dedicated ? 1 : random_between(random, 1, 6);
    for (size_t i = 0; i < simulation->actor_count; i++) {
        struct actor *actor = &simulation->actors[i];

        if (random_between(random, 0, 2) != 0) {
            actor->parameters.period_ns = random_between(random, 3, 50);
            actor->parameters.budget_ns = random_between(random, 1, actor->parameters.period_ns);
            if (random_between(random, 0, 3) != 0) {
                actor->parameters.budget_ns = actor->parameters.budget_ns / 4 + 1;
            }
            actor->parameters.priority = (uint32_t)random_between(random, 0, 4);
        }
        if (random_between(random, 0, 3) == 0) {
            actor_always(actor, random_between(random, 0, 100));
        } else {
            random_jobs(actor, simulation->horizon_ns, 1, random_between(random, 2, 100),
                        random_between(random, 1, 25), random);
        }
    }
    if (policy == &sched_timetable) {
        random_slots(simulation, random);
    }
}
