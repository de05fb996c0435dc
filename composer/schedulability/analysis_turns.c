/* SPDX-License-Identifier: Apache-2.0 */
/* Round robin: everybody else may have a slice before each of one's own. */
#include "analysis_bounds.h"

static bool round_robin_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    (void)core;
    (void)other;
    (void)index;
    return false;
}

static uint64_t round_robin_wait(const struct analysis_core *core, uint64_t turns)
{
    return bound_multiply(turns * (core->entity_count - 1),
                          bound_add(core->slice_ns, core->late_ns));
}

static uint64_t round_robin_wake(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                                 uint64_t window_ns)
{
    uint64_t own =
        bound_add(demand_ns, bound_overhead(core, index, round_robin_preempts, window_ns));

    return bound_add(core->late_ns, bound_add(own, round_robin_wait(core, 1)));
}

void analysis_round_robin(const struct analysis_core *core, struct analysis *analysis)
{
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        struct analysis_verdict *verdict = &analysis->entities[i];
        uint64_t turns =
            core->entity_count > 1 ? bound_divide_up(entity->budget_ns, core->slice_ns) : 1;
        uint64_t switches;

        verdict->wake_ns = bound_fixed_point(core, i, 1, round_robin_wake);
        if (verdict->wake_ns != ANALYSIS_UNBOUNDED &&
            bound_overhead(core, i, round_robin_preempts, verdict->wake_ns) >= core->slice_ns &&
            core->entity_count > 1) {
            verdict->wake_ns = ANALYSIS_UNBOUNDED;
        }
        verdict->holds = true;
        verdict->response_ns = verdict->sustained_ns = ANALYSIS_UNBOUNDED;
        verdict->usable_ns = 0;
        verdict->delivery_ns = verdict->wake_ns;
        if (entity->budget_ns == 0) {
            continue;
        }
        verdict->response_ns =
            bound_add(bound_add(entity->budget_ns, core->late_ns), round_robin_wait(core, turns));
        analysis_settle(core, i, round_robin_preempts, verdict);
        switches = bound_multiply(turns - 1, bound_add(core->switch_ns, core->late_ns));
        verdict->overhead_ns = bound_add(verdict->overhead_ns, switches);
        verdict->usable_ns = bound_subtract(verdict->usable_ns, switches);
        verdict->holds = verdict->holds && verdict->usable_ns != 0;
        verdict->delivery_ns = verdict->wake_ns; /* turns are not rationed */
        verdict->sustained_ns = verdict->response_ns;
    }
}
