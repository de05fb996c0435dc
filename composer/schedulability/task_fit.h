/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From tasks to the VMs that have them on a shared CPU: the least budgets with which the analysis
 * says that each task is done in time (analysis.h, docs/scheduling.md).
 */
#ifndef COMPOSER_TASK_FIT_H
#define COMPOSER_TASK_FIT_H

#include "analysis.h"

/* The others on a CPU leave room for one VM that gets what is left over. */
#define TASKS_MAX (ANALYSIS_MAX_ENTITIES - 1)

/** Work that comes again and again: at least each_ns apart, takes_ns long, to be done within_ns
 * of its coming. */
struct task {
    const char *name;
    uint64_t takes_ns;
    uint64_t each_ns;
    uint64_t within_ns; /* at most each_ns */
};

/** What is to be fitted, and what came of it. */
struct task_fit {
    enum plan_policy policy;
    struct plan_costs costs;
    const struct task *tasks;
    size_t count;
    /* The result; entity @count is the VM without a guarantee. */
    struct analysis_entity entities[ANALYSIS_MAX_ENTITIES];
    struct plan_slot
        /* timetable, one a task, one behind the other from the frame's start */
        slots[ANALYSIS_MAX_ENTITIES];
    struct analysis_core core;
    struct analysis analysis;
    const char *reason; /* why it does not fit, in one sentence; NULL: it does */
};

/** Fits the tasks. Returns whether it has. */
bool task_fit(struct task_fit *fit);

#endif
