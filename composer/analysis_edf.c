/* SPDX-License-Identifier: Apache-2.0 */
/* Earliest deadline first: the demand-bound test for servers whose deadline is the end of their period. */
#include "analysis_bounds.h"

#define MAX_POINTS 4000000U

static bool edf_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    (void)index;
    return core->entities[other].budget_ns != 0;
}

/* What must be done within any @window_ns: one exit under way, and the budgets whose period fits in. */
static uint64_t edf_demand(const struct analysis_core *core, uint64_t window_ns)
{
    uint64_t demand = core->late_ns;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];

        if (entity->budget_ns != 0)
            demand = bound_add(
                demand, bound_multiply(window_ns / entity->period_ns, bound_add(entity->budget_ns, core->late_ns)));
    }
    return demand;
}

/* The demand rises only where a period ends: the next such point after @window_ns. */
static uint64_t edf_next_point(const struct analysis_core *core, uint64_t window_ns)
{
    uint64_t next = ANALYSIS_UNBOUNDED;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t point;

        if (entity->budget_ns == 0)
            continue;
        point = (window_ns / entity->period_ns + 1) * entity->period_ns;
        if (point < next)
            next = point;
    }
    return next;
}

/* Adds a / b to top / bottom, in lowest terms. False on overflow. */
static bool edf_add_fraction(unsigned __int128 *top, unsigned __int128 *bottom, uint64_t a, uint64_t b)
{
    unsigned __int128 left, right, divisor, rest;

    if (__builtin_mul_overflow(*top, (unsigned __int128)b, &left) ||
        __builtin_mul_overflow(*bottom, (unsigned __int128)a, &right) || __builtin_add_overflow(left, right, top) ||
        __builtin_mul_overflow(*bottom, (unsigned __int128)b, bottom))
        return false;
    for (divisor = *top, rest = *bottom; rest != 0;) {
        unsigned __int128 next = divisor % rest;

        divisor = rest;
        rest = next;
    }
    *top /= divisor;
    *bottom /= divisor;
    return true;
}

/* Is the sum of (budget + late) / period at most 1? Exact, unless the fractions overflow; then each is rounded up to
 * a multiple of 2^-32. @slack: what is left to 1, in 2^-32, rounded down. */
static bool edf_fits(const struct analysis_core *core, uint64_t *slack)
{
    unsigned __int128 top = 0, bottom = 1;
    uint64_t rounded = 0;
    bool exact = true;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t budget = bound_add(entity->budget_ns, core->late_ns);

        if (entity->budget_ns == 0)
            continue;
        if (budget > entity->period_ns)
            return false;
        rounded += (uint64_t)((((unsigned __int128)budget << 32) + entity->period_ns - 1) / entity->period_ns);
        exact = exact && edf_add_fraction(&top, &bottom, budget, entity->period_ns);
    }
    *slack = bound_subtract(1ULL << 32, rounded);
    return exact ? top <= bottom : rounded <= 1ULL << 32;
}

/* The first window in which more is demanded than there is; 0: none. With utilisation U, windows from late / (1 - U) on
 * need no test. */
static uint64_t edf_find_overload(const struct analysis_core *core)
{
    uint64_t slack;
    uint64_t last;
    uint64_t point = 0;

    if (!edf_fits(core, &slack))
        return ANALYSIS_UNBOUNDED;
    if (core->late_ns == 0)
        return 0;
    if (slack == 0)
        return ANALYSIS_UNBOUNDED;
    last = (uint64_t)(((unsigned __int128)core->late_ns << 32) / slack);
    for (unsigned i = 0; i < MAX_POINTS; i++) {
        point = edf_next_point(core, point);
        if (point > last)
            return 0;
        if (edf_demand(core, point) > point)
            return point;
    }
    return point;
}

/* A busy period is no longer than this: each server can be charged its budget at the end of one period, again at the
 * beginning of the next, and its share of the time between. */
static uint64_t edf_busy(const struct analysis_core *core, size_t index, uint64_t demand_ns, uint64_t window_ns)
{
    uint64_t length = bound_add(core->late_ns, demand_ns);

    (void)index;
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t share, late;

        if (entity->budget_ns == 0)
            continue;
        share = (uint64_t)((unsigned __int128)window_ns * entity->budget_ns / entity->period_ns) + 1;
        late = bound_multiply(window_ns / entity->period_ns + 2, core->late_ns);
        length = bound_add(length, bound_add(share, bound_add(late, 2 * entity->budget_ns)));
    }
    return length;
}

void analysis_edf(const struct analysis_core *core, struct analysis *analysis)
{
    uint64_t overload = edf_find_overload(core);
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
        if (overload == 0) {
            /* It has its budget by its deadline, so it starts early enough for that. Only its wake-up may be late. */
            verdict->response_ns = bound_add(entity->period_ns < busy ? entity->period_ns : busy, core->late_ns);
            verdict->wake_ns = bound_add(bound_subtract(verdict->response_ns, entity->budget_ns),
                                         bound_overhead(core, i, edf_preempts, verdict->response_ns) + 1);
        }
        analysis_settle(core, i, edf_preempts, verdict);
        verdict->sustained_ns = bound_add(verdict->response_ns, entity->period_ns);
        /* Its period begins when the policy hears of its wake-up: that may be late, it does not make it miss. */
        verdict->holds = overload == 0 && verdict->usable_ns != 0;
    }
}
