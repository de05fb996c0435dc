/* SPDX-License-Identifier: Apache-2.0 */
/* A random core, for the simulator and for the analysis at once, with work that keeps to what
 * the analysis assumes. */
#ifndef TESTS_UNIT_SCHED_ANALYSED_CORE_H
#define TESTS_UNIT_SCHED_ANALYSED_CORE_H

#include "analysis.h"
#include "simulator.h"

enum conduct {
    /* jobs fit in the budget and come so far apart that it is full again: two periods; EDF: one */
    CONDUCT_DISCIPLINED,
    /* jobs fit, but others come before them that use up any part of the budget */
    CONDUCT_EAGER,
    CONDUCT_GREEDY,   /* never without work */
    CONDUCT_RESTLESS, /* wakes up at random, wants anything */
    CONDUCT_COUNT
};

struct analysed_core {
    struct simulation simulation;
    struct analysis_core core;
    struct analysis_entity entities[SCHED_MAX_ENTITIES];
    struct plan_slot slots[SIMULATOR_SLOTS];
    enum conduct conducts[SCHED_MAX_ENTITIES];
    struct analysis analysis;
};

/** Makes entities and costs and analyses them. @costly: switches, interrupts and exits cost
 * something. */
void analysed_core_make(struct analysed_core *analysed, const struct sched_policy *policy,
                        bool costly, uint64_t *random);

/** Gives the entities their work. */
void analysed_core_load(struct analysed_core *analysed, uint64_t *random);

#endif
