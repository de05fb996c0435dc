/* SPDX-License-Identifier: Apache-2.0 */
/* Response-time analysis for deferrable servers under fixed priority; and best effort, under EDF
 * too. */
#include "analysis_bounds.h"

static bool fixed_priority_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    const struct analysis_entity *a = &core->entities[other];
    const struct analysis_entity *b = &core->entities[index];

    return a->budget_ns != 0 &&
           (a->priority > b->priority || (a->priority == b->priority && other < index));
}

/* One call may be late, then it is charged demand_ns while more urgent servers take what they
 * can. */
static uint64_t fixed_priority_window(const struct analysis_core *core, size_t index,
                                      uint64_t demand_ns, uint64_t window_ns)
{
    uint64_t length = bound_add(demand_ns, core->late_ns);

    for (size_t i = 0; i < core->entity_count; i++) {
        if (i != index && fixed_priority_preempts(core, i, index)) {
            length = bound_add(length, bound_server(core, &core->entities[i], window_ns));
        }
    }
    return length;
}

/* The same until its first instruction. */
static uint64_t fixed_priority_wake(const struct analysis_core *core, size_t index,
                                    uint64_t demand_ns, uint64_t window_ns)
{
    uint64_t overhead = bound_overhead(core, index, fixed_priority_preempts, window_ns);

    return fixed_priority_window(core, index, bound_add(demand_ns, overhead), window_ns);
}

static bool best_effort_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    (void)index;
    return core->entities[other].budget_ns != 0;
}

/* All others may have their turn first, and servers their budgets. */
static uint64_t best_effort_wake(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                                 uint64_t window_ns)
{
    uint64_t turns =
        bound_multiply(core->entity_count - 1, bound_add(core->slice_ns, core->late_ns));
    uint64_t length = bound_add(core->late_ns, bound_add(demand_ns, turns));

    length = bound_add(length, bound_overhead(core, index, best_effort_preempts, window_ns));
    for (size_t i = 0; i < core->entity_count; i++) {
        if (core->entities[i].budget_ns != 0) {
            length = bound_add(length, bound_server(core, &core->entities[i], window_ns));
        }
    }
    return length;
}

void analysis_best_effort(const struct analysis_core *core, size_t index,
                          struct analysis_verdict *verdict)
{
    uint64_t wake = bound_fixed_point(core, index, 1, best_effort_wake);

    /* A turn must be longer than what the way to its first instruction may cost. */
    if (wake != ANALYSIS_UNBOUNDED &&
        bound_overhead(core, index, best_effort_preempts, wake) >= core->slice_ns) {
        wake = ANALYSIS_UNBOUNDED;
    }
    verdict->holds = true;
    verdict->response_ns = ANALYSIS_UNBOUNDED;
    verdict->sustained_ns = ANALYSIS_UNBOUNDED;
    verdict->usable_ns = 0;
    verdict->wake_ns = wake;
    verdict->delivery_ns = wake;
}

void analysis_fixed_priority(const struct analysis_core *core, struct analysis *analysis)
{
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        struct analysis_verdict *verdict = &analysis->entities[i];

        if (entity->budget_ns == 0) {
            analysis_best_effort(core, i, verdict);
            continue;
        }
        verdict->response_ns = bound_fixed_point(core, i, entity->budget_ns, fixed_priority_window);
        verdict->wake_ns = bound_fixed_point(core, i, 1, fixed_priority_wake);
        analysis_settle(core, i, fixed_priority_preempts, verdict);
        /* What it lacks at its wake-up was charged since the last refill, so it need not wait
         * for the next one for longer than the rest of the period; and what it has then may be
         * lost to overhead. */
        verdict->sustained_ns =
            bound_add(verdict->response_ns, entity->period_ns - verdict->usable_ns + core->late_ns);
    }
}
