/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the guarantees of a shared core hold? Answered before the system is built; docs/scheduling.md
 * has the formulas.
 *
 * Times are in nanoseconds. "Charged" time is what the policy charges to an entity: it includes the
 * cost of the switch to it and of the interrupts that arrive while it runs. A guarantee (budget,
 * period) means: an entity that is ready throughout one of its periods is charged at least the
 * whole budget in it. What of it is left for its own instructions in the worst case is usable_ns.
 *
 * Sources: deferrable servers: Strosnider, Lehoczky, Sha, "The deferrable server algorithm", IEEE
 * TC 44(1), 1995. Demand bound: Baruah, Rosier, Howell, "Algorithms and complexity concerning the
 * preemptive scheduling of periodic, real-time tasks on one processor", Real-Time Systems 2, 1990.
 * Constant bandwidth servers: Abeni, Buttazzo, "Integrating multimedia applications in hard
 * real-time systems", RTSS 1998.
 */
#ifndef COMPOSER_ANALYSIS_H
#define COMPOSER_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan_map.h"

#define ANALYSIS_MAX_ENTITIES 8U
#define ANALYSIS_UNBOUNDED    UINT64_MAX
#define ANALYSIS_REASON_SIZE  768U
#define ANALYSIS_EACH         SIZE_MAX

/** One vCPU of the core. */
struct analysis_entity {
    const char *name;
    uint64_t period_ns;
    uint64_t budget_ns; /* 0: best effort */
    /* fixed priority: larger is more urgent; equal: the earlier in the array is */
    uint32_t priority;
    uint32_t interrupts;          /* at most so many interrupts and timers for it arrive ... */
    uint64_t interrupt_period_ns; /* ... within any time of this length; 0: the entity's period */
    /* besides, doorbells of other VMs, each no more often than once in its interval */
    const uint64_t *doorbells_ns;
    size_t doorbell_count;
};

/** A core, and what its hypervisor costs there. */
struct analysis_core {
    enum plan_policy policy;
    const struct analysis_entity *entities;
    size_t entity_count;
    uint64_t slice_ns;
    uint64_t frame_ns;             /* timetable */
    const struct plan_slot *slots; /* timetable: sorted; plan_slot.vcpu is an index into entities,
                                      or PLAN_NONE for a gap, which may be left out */
    size_t slot_count;
    /* of VMs on other cores, that this one looks at: once in each of these periods */
    const uint64_t *watchdogs_ns;
    size_t watchdog_count;
    uint64_t switch_ns;    /* from one vCPU to another, charged to the latter */
    uint64_t interrupt_ns; /* taking one interrupt, charged to whoever runs */
    uint64_t late_ns;      /* the longest exit: a decision comes at most so late */
};

/** What the analysis says about one entity. ANALYSIS_UNBOUNDED where there is no bound. */
struct analysis_verdict {
    bool holds; /* its guarantee; true without one */
    /* from its wake-up, with its budget full, until it was charged the whole budget */
    uint64_t response_ns;
    /* what switches, interrupts and late decisions may take of the budget within response_ns */
    uint64_t overhead_ns;
    uint64_t usable_ns; /* of the budget, for its own instructions, within response_ns */
    /* work that comes no more often finds its budget full: usable_ns is done in response_ns */
    uint64_t distance_ns;
    uint64_t sustained_ns; /* the same as response_ns, whatever it used of its budget before */
    /* from an interrupt for it to its next instruction, with its budget full */
    uint64_t wake_ns;
    /* the same, whatever it used of its budget before; after a yield budget_ns longer */
    uint64_t delivery_ns;
    char reason[ANALYSIS_REASON_SIZE]; /* one sentence for the user */
};

struct analysis {
    bool holds; /* all guarantees */
    /* whose reason says why the core as a whole fails, under EDF; ANALYSIS_EACH: each its own */
    size_t culprit;
    uint64_t utilisation_ppm; /* sum of budget / period (timetable: of the slots), rounded up */
    char reason[ANALYSIS_REASON_SIZE];
    struct analysis_verdict entities[ANALYSIS_MAX_ENTITIES];
};

/** Fills in @analysis. Returns analysis->holds. Never fails otherwise: an input without sense
 * does not hold. */
bool analysis_run(const struct analysis_core *core, struct analysis *analysis);

#endif
