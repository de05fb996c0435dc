/* SPDX-License-Identifier: Apache-2.0 */
/* A core in virtual time: drives a policy as the hypervisor would, with jobs for each entity, and
 * keeps what happened.
 */
#ifndef TESTS_UNIT_SCHED_SIMULATOR_H
#define TESTS_UNIT_SCHED_SIMULATOR_H

#include "../../../hypervisor/sched/policy.h"

#define SIMULATOR_JOBS  512U
#define SIMULATOR_SLOTS 16U

/** Work that arrives at a time. All of it is fixed before the run, so that two runs can be
 * compared. */
struct job {
    uint64_t arrival_ns;
    uint64_t demand_ns; /* never 0 */
    bool yields;        /* at its end, if there is more to do */
};

/** One entity, its work, and what became of it. */
struct actor {
    struct sched_parameters parameters;
    struct job jobs[SIMULATOR_JOBS]; /* sorted by arrival */
    size_t job_count;

    size_t arrived;
    size_t finished;
    uint64_t done_ns;         /* of the first unfinished job */
    uint64_t response_max_ns; /* arrival to end of a job that woke it */
    uint64_t wake_max_ns;     /* arrival, while blocked, to its first instruction */
    uint64_t woken_ns;        /* not yet run since then; SCHED_NEVER: it has */
    size_t woken_by;          /* the job that it woke up for last */
};

struct simulation {
    /* what is given */
    const struct sched_policy *policy;
    uint64_t slice_ns;
    uint64_t frame_ns;
    struct sched_slot slots[SIMULATOR_SLOTS];
    size_t slot_count;
    uint64_t overruns[SCHED_MAX_ENTITIES];
    struct sched_slot filled[2 * SIMULATOR_SLOTS + 1]; /* the same with the gaps */
    struct actor actors[SCHED_MAX_ENTITIES];
    size_t actor_count;
    uint64_t horizon_ns;
    uint64_t late_ns;        /* a call comes up to this late: an exit is under way */
    uint64_t switch_ns;      /* each switch costs the one switched to */
    uint64_t interrupt_ns;   /* each arrival costs the one that runs */
    bool batched;            /* schedule is called once for all that happens at a time */
    uint64_t extra_calls_ns; /* mean distance of calls of schedule that nobody needs; 0: none */

    /* what came out */
    void (*ran)(struct simulation *simulation, size_t actor, bool on_budget, uint64_t from_ns,
                uint64_t to_ns);
    void *observer;
    uint64_t decisions;
    /* times that `until` came, nothing else did, and the decision was the same */
    uint64_t needless;
    uint64_t last_until_ns;

    /* inside */
    struct sched_core core;
    struct sched_entity entities[SCHED_MAX_ENTITIES];
    struct sched_decision decision;
    uint64_t now_ns;
    uint64_t stolen_ns; /* the running entity makes no progress for so long */
    bool on_budget;
    bool due; /* schedule must be called before time goes on */
    uint64_t random;
};

#define NOBODY SIZE_MAX

void simulate(struct simulation *simulation);

/** A number in [from, to], from a sequence that @state begins. */
uint64_t random_between(uint64_t *state, uint64_t from, uint64_t to);

/** Adds a job; too many are an error of the test. */
void actor_add_job(struct actor *actor, uint64_t arrival_ns, uint64_t demand_ns, bool yields);

/** The actor that is never without work. */
void actor_always(struct actor *actor, uint64_t from_ns);

/** Forgets what came out of a run. */
void simulation_reset(struct simulation *simulation);

/** What systems call it; for messages. */
const char *policy_name(const struct sched_policy *policy);

#endif
