/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling policies: who runs on a shared core, and for how long at most.
 *
 * A policy is a value of struct sched_policy, in a file of its own. It knows nothing of the rest:
 * no clock, no timer, no vCPU; it is given the time and says what it wants. One instance (struct
 * sched_core) exists per core, zero before init, and all calls for a core come from that core.
 * requirements.md H4: init, schedule, block, yield, allocate, enqueue.
 *
 * Times are nanoseconds on one clock that starts near 0 at boot and never goes back, but for the
 * few ns by which two looks in one exit may come in the other order. Calls may come late (an exit
 * was under way), never early. Every function's cost is bounded by SCHED_MAX_ENTITIES; none may
 * loop further.
 *
 * The order of calls:
 *     init, then allocate for each entity in the order of the plan; all of them are blocked then.
 *     enqueue when an entity has something to do; block when it waits; yield when it gives up the
 * rest of its turn but stays ready. After these (several, if one exit has several), and when the
 * time of the last decision is up, schedule is called once; until its next call, the entity that it
 * returned runs, and the time between is what that entity used.
 */
#ifndef HYPERVISOR_SCHED_POLICY_H
#define HYPERVISOR_SCHED_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHED_MAX_ENTITIES 8U
#define SCHED_NEVER        UINT64_MAX
#define SCHED_NOBODY       UINT32_MAX

/** What the system says about one entity (plan.h). 0 where it says nothing. */
struct sched_parameters {
    uint64_t period_ns; /* of its guarantee */
    /* guaranteed in each period; 0: best effort, it runs on what others leave over */
    uint64_t budget_ns;
    uint32_t priority; /* fixed-priority: larger is more urgent */
    uint32_t reserved;
};

/** One fixed slot of a major frame (timetable). They follow each other without a gap, from the
 * frame's start to its end.
 */
struct sched_slot {
    uint64_t start_ns; /* from the frame's start */
    uint64_t length_ns;
    uint32_t entity; /* index of the entity, in the order of allocate, or SCHED_NOBODY */
    uint32_t reserved;
};

/** What the system says about a core. */
struct sched_core_parameters {
    /* round-robin, and turns among those that share what is left over; never 0 */
    uint64_t slice_ns;
    uint64_t frame_ns; /* timetable: length of the major frame, never 0 there */
    const struct sched_slot *slots;
    size_t slot_count;
};

/** A schedulable thing: a vCPU, to the rest of the hypervisor. Owned by the policy after
 * allocate, but for `index`. */
struct sched_entity {
    struct sched_parameters parameters;
    uint32_t index;   /* its number on this core, from 0 */
    bool ready;       /* enqueued, not blocked */
    bool owns_slot;   /* timetable: it has slots, so it never runs on what is left over */
    uint64_t left_ns; /* of its budget; 0: it runs on what is left over only */
    /* when its budget is full again (EDF: its deadline too); SCHED_NEVER without a budget */
    uint64_t deadline_ns;
    /* among those with budget left: the lowest runs; among equals the lowest index */
    uint64_t rank;
    /* rank in the round of those that share what is left over: the lowest is next */
    uint64_t turn;
    uint64_t slice_left_ns; /* of its turn there */
    uint64_t *overruns;     /* counts how often its budget was used up while it had more to do */
    uint64_t yielded_ns;    /* timetable: it gave its slot up until then */
};

/** One core's instance of a policy. */
struct sched_core {
    const struct sched_policy *policy;
    struct sched_core_parameters parameters;
    struct sched_entity *entities[SCHED_MAX_ENTITIES];
    size_t entity_count;
    struct sched_entity *running; /* as schedule returned it last, or NULL */
    uint64_t since_ns;            /* what ran since then is not charged yet */
    /* it was, in this exit: what little ran since is charged to the next one */
    bool charged;
    uint64_t next_turn;              /* rank of the next one to queue up */
    bool ranked_by_deadline;         /* an entity's rank is its deadline_ns */
    uint64_t frame_start_ns;         /* timetable: of the present major frame */
    const struct sched_slot *slot;   /* timetable: the present one */
    uint64_t slot_end_ns;            /* timetable: when that ends */
    struct sched_entity *slot_owner; /* timetable: whose it is, or NULL */
};

/** Whom to run now, and until when the decision holds without a new event. */
struct sched_decision {
    struct sched_entity *entity; /* NULL: nobody */
    uint64_t until_ns;           /* call schedule again then at the latest, or SCHED_NEVER */
};

struct sched_policy {
    /** Prepares @core, whose parameters are set and whose entity_count is 0. */
    void (*init)(struct sched_core *core, uint64_t now_ns);
    /** Takes @entity in, its parameters, index and overruns set, the rest zero. */
    void (*allocate)(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);
    /** @entity has become ready (it was blocked). */
    void (*enqueue)(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);
    /** @entity waits (it was ready, usually running). */
    void (*block)(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);
    /** The running entity gives up the rest of its turn. */
    void (*yield)(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);
    /** Charges what ran since the last call, and decides. */
    struct sched_decision (*schedule)(struct sched_core *core, uint64_t now_ns);
};

/**
 * Defines a policy: `SCHED_POLICY(edf) = {.init = edf_init, ...};`. It stays in the hypervisor
 * although nothing refers to it: the composer finds it by its symbol, sched_edf, when a system says
 * `policy: edf`. A file in this folder is all it takes.
 */
#define SCHED_POLICY(name)                                                                         \
    const struct sched_policy sched_##name __attribute__((used, section(".rodata.policy")))

/* Those that come with it. */
extern const struct sched_policy sched_fixed_priority;
extern const struct sched_policy sched_edf;
extern const struct sched_policy sched_round_robin;
extern const struct sched_policy sched_timetable;
extern const struct sched_policy sched_dedicated; /* one entity that owns the core */

#endif
