/* SPDX-License-Identifier: Apache-2.0 */
/* Random cores for the simulator and the analysis. */
#include "analysed_core.h"

#include <string.h>

#include "random_sets.h"

#define RESTLESS_DISTANCE_NS 300U

static enum plan_policy policy_number(const struct sched_policy *policy)
{
    if (policy == &sched_fixed_priority) {
        return PLAN_POLICY_FIXED_PRIORITY;
    }
    if (policy == &sched_edf) {
        return PLAN_POLICY_EDF;
    }
    if (policy == &sched_round_robin) {
        return PLAN_POLICY_ROUND_ROBIN;
    }
    return policy == &sched_timetable ? PLAN_POLICY_TIMETABLE : PLAN_POLICY_DEDICATED;
}

static void analysed_core_slots(struct analysed_core *analysed, uint64_t *random)
{
    struct simulation *simulation = &analysed->simulation;
    uint64_t at = random_between(random, 0, 500);

    while (simulation->slot_count < SIMULATOR_SLOTS && at < 5000) {
        struct sched_slot *slot = &simulation->slots[simulation->slot_count];

        *slot = (struct sched_slot){.start_ns = at, .length_ns = random_between(random, 200, 2000)};
        slot->entity = (uint32_t)random_between(random, 0, (simulation->actor_count - 1) / 2);
        at += slot->length_ns +
              (random_between(random, 0, 1) != 0 ? random_between(random, 1, 900) : 0);
        analysed->slots[simulation->slot_count++] = (struct plan_slot){
            .start_ns = slot->start_ns, .length_ns = slot->length_ns, .vcpu = slot->entity};
    }
    simulation->frame_ns = at;
}

static void analysed_core_entity(struct analysed_core *analysed, size_t i, uint64_t *random)
{
    struct analysis_entity *entity = &analysed->entities[i];

    *entity = (struct analysis_entity){.name = "e", .interrupts = 1};
    analysed->conducts[i] = (enum conduct)random_between(random, 0, CONDUCT_COUNT - 1);
    if (random_between(random, 0, 3) != 0) {
        entity->period_ns = random_between(random, 1000, 20000);
        entity->budget_ns = entity->period_ns * random_between(random, 2, 40) / 100 + 1;
        entity->priority = (uint32_t)random_between(random, 0, 4);
    }
    switch (analysed->conducts[i]) {
    case CONDUCT_GREEDY:
        entity->interrupt_period_ns = analysed->simulation.horizon_ns;
        break;
    case CONDUCT_RESTLESS:
        entity->interrupt_period_ns = RESTLESS_DISTANCE_NS * random_between(random, 1, 10);
        break;
    case CONDUCT_EAGER:
        entity->interrupts = 2;
        entity->interrupt_period_ns = entity->period_ns != 0 ? entity->period_ns : 10000;
        break;
    default: /* one job in a period at most */
        entity->interrupt_period_ns = entity->period_ns != 0 ? entity->period_ns : 10000;
        break;
    }
}

void analysed_core_make(struct analysed_core *analysed, const struct sched_policy *policy,
                        bool costly, uint64_t *random)
{
    struct simulation *simulation = &analysed->simulation;

    memset(analysed, 0, sizeof(*analysed));
    simulation->policy = policy;
    simulation->random = *random;
    simulation->horizon_ns = 300000;
    simulation->batched = random_between(random, 0, 1) != 0;
    simulation->slice_ns = random_between(random, 200, 2000);
    simulation->actor_count = random_between(random, 1, 5);
    if (costly) {
        simulation->switch_ns = random_between(random, 0, 1) * random_between(random, 0, 40);
        simulation->interrupt_ns = random_between(random, 0, 1) * random_between(random, 0, 10);
        simulation->late_ns = random_between(random, 0, 1) * random_between(random, 0, 12);
    }
    for (size_t i = 0; i < simulation->actor_count; i++) {
        analysed_core_entity(analysed, i, random);
        simulation->actors[i].parameters =
            (struct sched_parameters){.period_ns = analysed->entities[i].period_ns,
                                      .budget_ns = analysed->entities[i].budget_ns,
                                      .priority = analysed->entities[i].priority};
    }
    if (policy == &sched_timetable) {
        analysed_core_slots(analysed, random);
    }
    analysed->core = (struct analysis_core){.policy = policy_number(policy),
                                            .entities = analysed->entities,
                                            .entity_count = simulation->actor_count,
                                            .slice_ns = simulation->slice_ns,
                                            .frame_ns = simulation->frame_ns,
                                            .slots = analysed->slots,
                                            .slot_count = simulation->slot_count,
                                            .switch_ns = simulation->switch_ns,
                                            .interrupt_ns = simulation->interrupt_ns,
                                            .late_ns = simulation->late_ns};
    analysis_run(&analysed->core, &analysed->analysis);
}

/* Jobs that fit in what the analysis says is usable, at least @distance_ns apart. */
static void load_jobs(struct analysed_core *analysed, size_t i, uint64_t distance_ns,
                      uint64_t *random)
{
    const struct analysis_entity *entity = &analysed->entities[i];
    const struct analysis_verdict *verdict = &analysed->analysis.entities[i];
    uint64_t arrival = random_between(random, 0, distance_ns);
    bool whole = random_between(random, 0, 1) != 0;

    if (distance_ns < entity->interrupt_period_ns) {
        distance_ns = entity->interrupt_period_ns;
    }
    while (arrival < analysed->simulation.horizon_ns &&
           analysed->simulation.actors[i].job_count < SIMULATOR_JOBS) {
        uint64_t demand =
            whole ? verdict->usable_ns : random_between(random, 1, verdict->usable_ns);

        actor_add_job(&analysed->simulation.actors[i], arrival, demand, false);
        arrival += distance_ns +
                   (random_between(random, 0, 1) != 0 ? random_between(random, 0, distance_ns) : 0);
    }
}

/* Pairs: one that uses up some of the budget, and soon after it one that wants as much as there
 * can be. */
static void load_pairs(struct analysed_core *analysed, size_t i, uint64_t *random)
{
    const struct analysis_entity *entity = &analysed->entities[i];
    const struct analysis_verdict *verdict = &analysed->analysis.entities[i];
    struct actor *actor = &analysed->simulation.actors[i];
    uint64_t arrival = random_between(random, 0, entity->interrupt_period_ns);

    while (arrival < analysed->simulation.horizon_ns && actor->job_count + 2 <= SIMULATOR_JOBS) {
        uint64_t used = random_between(random, 1, verdict->usable_ns);

        actor_add_job(actor, arrival, used, false);
        arrival += random_between(random, 1, verdict->sustained_ns);
        actor_add_job(actor, arrival, verdict->usable_ns, false);
        arrival += entity->interrupt_period_ns + random_between(random, 0, verdict->sustained_ns);
    }
}

void analysed_core_load(struct analysed_core *analysed, uint64_t *random)
{
    for (size_t i = 0; i < analysed->simulation.actor_count; i++) {
        struct actor *actor = &analysed->simulation.actors[i];
        const struct analysis_entity *entity = &analysed->entities[i];
        const struct analysis_verdict *verdict = &analysed->analysis.entities[i];
        bool fits = verdict->usable_ns != 0 && verdict->sustained_ns != ANALYSIS_UNBOUNDED;

        if (analysed->conducts[i] == CONDUCT_GREEDY) {
            actor_always(actor, random_between(random, 0, 5000));
        } else if (analysed->conducts[i] == CONDUCT_RESTLESS || !fits) {
            random_jobs(actor, analysed->simulation.horizon_ns, entity->interrupt_period_ns,
                        2 * entity->interrupt_period_ns, entity->interrupt_period_ns, random);
        } else if (analysed->conducts[i] == CONDUCT_DISCIPLINED) {
            load_jobs(analysed, i, verdict->distance_ns, random);
        } else {
            load_pairs(analysed, i, random);
        }
    }
}
