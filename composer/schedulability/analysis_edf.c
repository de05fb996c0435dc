/* SPDX-License-Identifier: Apache-2.0 */
/* Earliest deadline first: bounds for servers whose deadline is the end of their period. */
#include "analysis_bounds.h"
#include "analysis_demand.h"

static bool edf_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    (void)index;
    return core->entities[other].budget_ns != 0;
}

/* A busy period is no longer than this: each server can be charged its budget at the end of one
 * period, again at the beginning of the next, and its share of the time between. */
static uint64_t edf_busy(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                         uint64_t window_ns)
{
    uint64_t length = bound_add(core->late_ns, demand_ns);

    (void)index;
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t share, late;

        if (entity->budget_ns == 0) {
            continue;
        }
        share =
            (uint64_t)((unsigned __int128)window_ns * entity->budget_ns / entity->period_ns) + 1;
        late = bound_multiply(window_ns / entity->period_ns + 2, core->late_ns);
        length = bound_add(length, bound_add(share, bound_add(late, 2 * entity->budget_ns)));
    }
    return length;
}

void analysis_edf(const struct analysis_core *core, struct analysis *analysis)
{
    bool overload = !demand_is_met(core);
    uint64_t busy = bound_fixed_point(core, 0, 0, edf_busy);

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        struct analysis_verdict *verdict = &analysis->entities[i];

        if (entity->budget_ns == 0) {
            analysis_best_effort(core, i, verdict);
            continue;
        }
        verdict->response_ns = ANALYSIS_UNBOUNDED;
        verdict->wake_ns = ANALYSIS_UNBOUNDED;
        if (!overload) {
            /* It has its budget by its deadline, so it starts early enough for that. Only its
             * wake-up may be late. */
            verdict->response_ns =
                bound_add(entity->period_ns < busy ? entity->period_ns : busy, core->late_ns);
            verdict->wake_ns =
                bound_add(bound_subtract(verdict->response_ns, entity->budget_ns),
                          bound_overhead(core, i, edf_preempts, verdict->response_ns) + 1);
        }
        analysis_settle(core, i, edf_preempts, verdict);
        verdict->sustained_ns = bound_add(verdict->response_ns, entity->period_ns);
        /* Its period begins when the policy hears of its wake-up: that may be late, it does not
         * make it miss. */
        verdict->holds = !overload && verdict->usable_ns != 0;
    }
    if (overload) {
        analysis->culprit = demand_explain(core, analysis);
    }
}
