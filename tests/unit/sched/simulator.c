/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator: from event to event, nothing in between. */
#include "simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t random_between(uint64_t *state, uint64_t from, uint64_t to)
{
    /* xorshift64*, Vigna 2016 */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return from + ((*state * 0x2545f4914f6cdd1dULL) >> 11) % (to - from + 1);
}

void actor_add_job(struct actor *actor, uint64_t arrival_ns, uint64_t demand_ns, bool yields)
{
    if (actor->job_count == SIMULATOR_JOBS || demand_ns == 0) {
        abort();
    }
    actor->jobs[actor->job_count++] = (struct job){arrival_ns, demand_ns, yields};
}

void actor_always(struct actor *actor, uint64_t from_ns)
{
    actor_add_job(actor, from_ns, UINT64_MAX / 4, false);
}

void simulation_reset(struct simulation *simulation)
{
    for (size_t i = 0; i < simulation->actor_count; i++) {
        struct actor *actor = &simulation->actors[i];

        actor->arrived = actor->finished = 0;
        actor->done_ns = actor->response_max_ns = actor->wake_max_ns = actor->woken_by = 0;
        actor->woken_ns = SCHED_NEVER;
    }
    memset(&simulation->core, 0, sizeof(simulation->core));
    memset(simulation->entities, 0, sizeof(simulation->entities));
    simulation->decisions = simulation->needless = 0;
    simulation->due = false;
    simulation->now_ns = simulation->stolen_ns = 0;
    simulation->decision = (struct sched_decision){NULL, SCHED_NEVER};
    if (simulation->random == 0) {
        simulation->random = 1;
    }
}

static size_t simulation_running(const struct simulation *simulation)
{
    return simulation->decision.entity != NULL ? simulation->decision.entity->index : NOBODY;
}

static void simulation_schedule(struct simulation *simulation)
{
    const struct sched_entity *before = simulation->decision.entity;

    simulation->decision = simulation->policy->schedule(&simulation->core, simulation->now_ns);
    simulation->decisions++;
    if (simulation->decision.until_ns <= simulation->now_ns) {
        fprintf(stderr, "%s: a decision at %lu that ends at %lu\n", policy_name(simulation->policy),
                simulation->now_ns, simulation->decision.until_ns);
        abort();
    }
    simulation->on_budget =
        simulation->decision.entity != NULL && simulation->decision.entity->left_ns != 0;
    if (simulation->decision.entity != before) {
        simulation->stolen_ns = simulation->decision.entity != NULL ? simulation->switch_ns : 0;
    }
}

/* Something has happened: a decision is due, at once or when all of this exit's events are
 * known. */
static void simulation_event(struct simulation *simulation)
{
    simulation->due = simulation->batched;
    if (!simulation->batched) {
        simulation_schedule(simulation);
    }
}

/* Time passes until @to_ns; the guest makes no progress from @guest_ns on. */
static void simulation_pass(struct simulation *simulation, uint64_t guest_ns, uint64_t to_ns)
{
    size_t running = simulation_running(simulation);
    uint64_t progress = guest_ns - simulation->now_ns;
    struct actor *actor;

    if (running != NOBODY) {
        actor = &simulation->actors[running];
        if (progress > simulation->stolen_ns) {
            if (actor->woken_ns != SCHED_NEVER) {
                uint64_t wake = simulation->now_ns + simulation->stolen_ns - actor->woken_ns;

                if (wake > actor->wake_max_ns) {
                    actor->wake_max_ns = wake;
                }
                actor->woken_ns = SCHED_NEVER;
            }
            actor->done_ns += progress - simulation->stolen_ns;
            simulation->stolen_ns = 0;
        } else {
            simulation->stolen_ns -= progress;
        }
    }
    if (simulation->ran != NULL && to_ns > simulation->now_ns) {
        simulation->ran(simulation, running, simulation->on_budget, simulation->now_ns, to_ns);
    }
    simulation->now_ns = to_ns;
}

static void simulation_finish(struct simulation *simulation)
{
    size_t running = simulation_running(simulation);
    struct actor *actor;
    struct job *job;
    uint64_t response;

    if (running == NOBODY) {
        return;
    }
    actor = &simulation->actors[running];
    job = &actor->jobs[actor->finished];
    if (actor->finished == actor->arrived || actor->done_ns < job->demand_ns) {
        return;
    }
    response = simulation->now_ns - job->arrival_ns;
    if (actor->woken_by == actor->finished && response > actor->response_max_ns) {
        actor->response_max_ns = response;
    }
    actor->done_ns = 0;
    actor->finished++;
    if (actor->finished == actor->arrived) {
        simulation->policy->block(&simulation->core, simulation->decision.entity,
                                  simulation->now_ns);
        simulation_event(simulation);
    } else if (job->yields) {
        simulation->policy->yield(&simulation->core, simulation->decision.entity,
                                  simulation->now_ns);
        simulation_event(simulation);
    }
}

static void simulation_arrive(struct simulation *simulation, size_t index)
{
    struct actor *actor = &simulation->actors[index];

    while (actor->arrived < actor->job_count &&
           actor->jobs[actor->arrived].arrival_ns <= simulation->now_ns) {
        if (simulation->decision.entity != NULL) {
            simulation->stolen_ns += simulation->interrupt_ns;
        }
        if (actor->arrived++ != actor->finished) {
            continue;
        }
        actor->woken_by = actor->arrived - 1;
        actor->woken_ns = actor->jobs[actor->arrived - 1].arrival_ns;
        simulation->policy->enqueue(&simulation->core, &simulation->entities[index],
                                    simulation->now_ns);
        simulation_event(simulation);
    }
}

/* When the next job arrives, or the running one ends. */
static uint64_t simulation_next_event(const struct simulation *simulation, bool *arrival)
{
    uint64_t next = SCHED_NEVER;
    size_t running = simulation_running(simulation);

    *arrival = false;
    for (size_t i = 0; i < simulation->actor_count; i++) {
        const struct actor *actor = &simulation->actors[i];

        if (actor->arrived < actor->job_count && actor->jobs[actor->arrived].arrival_ns < next) {
            next = actor->jobs[actor->arrived].arrival_ns;
            *arrival = true;
        }
    }
    if (running != NOBODY) {
        const struct actor *actor = &simulation->actors[running];
        uint64_t end = simulation->now_ns + simulation->stolen_ns +
                       actor->jobs[actor->finished].demand_ns - actor->done_ns;

        if (end <= next) {
            next = end;
            *arrival = false;
        }
    }
    return next;
}

static void simulation_step(struct simulation *simulation)
{
    bool arrival;
    uint64_t event = simulation_next_event(simulation, &arrival);
    uint64_t until = simulation->decision.until_ns;
    uint64_t next = event < until ? event : until;
    uint64_t late = 0;
    uint64_t extra = SCHED_NEVER;

    if (simulation->extra_calls_ns != 0) {
        extra = simulation->now_ns +
                random_between(&simulation->random, 1, 2 * simulation->extra_calls_ns);
    }
    if (extra < next) {
        next = extra;
    }
    if (next > simulation->horizon_ns) {
        next = simulation->horizon_ns;
    }
    if (simulation->late_ns != 0 && (arrival || next == until)) {
        late = random_between(&simulation->random, 0, simulation->late_ns);
    }
    simulation_pass(simulation, next, next + late);
    simulation_finish(simulation);
    for (size_t i = 0; i < simulation->actor_count; i++) {
        simulation_arrive(simulation, i);
    }
    if (simulation->due || simulation->now_ns >= simulation->decision.until_ns || next == extra) {
        const struct sched_entity *before = simulation->decision.entity;

        simulation->due = false;
        simulation_schedule(simulation);
        if (event > until && next == until && before == simulation->decision.entity) {
            simulation->needless++;
        }
    }
}

const char *policy_name(const struct sched_policy *policy)
{
    return policy == &sched_fixed_priority ? "fixed-priority"
           : policy == &sched_edf          ? "edf"
           : policy == &sched_round_robin  ? "round-robin"
           : policy == &sched_timetable    ? "timetable"
                                           : "another policy";
}

/* The gaps between slots are slots of nobody, as the composer makes them. Returns how many there
 * are in all. */
static size_t simulation_fill_gaps(struct simulation *simulation)
{
    size_t count = 0;
    uint64_t end = 0;

    for (size_t i = 0; i <= simulation->slot_count; i++) {
        bool last = i == simulation->slot_count;
        uint64_t start = last ? simulation->frame_ns : simulation->slots[i].start_ns;

        if (start > end) {
            simulation->filled[count++] = (struct sched_slot){end, start - end, SCHED_NOBODY, 0};
        }
        if (!last) {
            simulation->filled[count++] = simulation->slots[i];
        }
        end = last ? start : start + simulation->slots[i].length_ns;
    }
    return count;
}

void simulate(struct simulation *simulation)
{
    struct sched_core *core = &simulation->core;

    simulation_reset(simulation);
    core->policy = simulation->policy;
    core->parameters =
        (struct sched_core_parameters){simulation->slice_ns, simulation->frame_ns,
                                       simulation->filled, simulation_fill_gaps(simulation)};
    core->policy->init(core, 0);
    for (size_t i = 0; i < simulation->actor_count; i++) {
        simulation->entities[i].parameters = simulation->actors[i].parameters;
        simulation->entities[i].index = (uint32_t)i;
        simulation->entities[i].overruns = &simulation->overruns[i];
        core->policy->allocate(core, &simulation->entities[i], 0);
    }
    simulation_schedule(simulation);
    for (size_t i = 0; i < simulation->actor_count; i++) {
        simulation_arrive(simulation, i);
    }
    if (simulation->due) {
        simulation_schedule(simulation);
    }
    while (simulation->now_ns < simulation->horizon_ns) {
        simulation_step(simulation);
    }
}
