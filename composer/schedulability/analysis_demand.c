/* SPDX-License-Identifier: Apache-2.0 */
/* The demand-bound test of a core under EDF (analysis_demand.h). */
#include "analysis_demand.h"

#include <stdio.h>

#include "analysis_bounds.h"
#include "duration.h"
#include "memory.h"

#define MAX_POINTS 4000000U
/* budgets and periods are proposed in multiples of it: none can be shorter */
#define GRAIN_NS   10000U
#define LONGEST_NS 3600000000000U /* no period can be longer (yaml_value.c) */

/* Budgets of @entity that must be given within any @window_ns. */
static uint64_t demand_times(const struct analysis_entity *entity, uint64_t window_ns)
{
    return entity->budget_ns != 0 ? window_ns / entity->period_ns : 0;
}

/* What must be done within any @window_ns: one exit under way, and the budgets whose period fits
 * in. */
static uint64_t demand_within(const struct analysis_core *core, uint64_t window_ns)
{
    uint64_t demand = core->late_ns;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];

        demand = bound_add(demand, bound_multiply(demand_times(entity, window_ns),
                                                  bound_add(entity->budget_ns, core->late_ns)));
    }
    return demand;
}

/* The demand rises only where a period ends: the next such point after @window_ns. */
static uint64_t demand_next_point(const struct analysis_core *core, uint64_t window_ns)
{
    uint64_t next = ANALYSIS_UNBOUNDED;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t point;

        if (entity->budget_ns == 0) {
            continue;
        }
        point = (window_ns / entity->period_ns + 1) * entity->period_ns;
        if (point < next) {
            next = point;
        }
    }
    return next;
}

/* Adds a / b to top / bottom, in lowest terms. False on overflow. */
static bool demand_add_fraction(unsigned __int128 *top, unsigned __int128 *bottom, uint64_t a,
                                uint64_t b)
{
    unsigned __int128 left, right, divisor, rest;

    if (__builtin_mul_overflow(*top, (unsigned __int128)b, &left) ||
        __builtin_mul_overflow(*bottom, (unsigned __int128)a, &right) ||
        __builtin_add_overflow(left, right, top) ||
        __builtin_mul_overflow(*bottom, (unsigned __int128)b, bottom)) {
        return false;
    }
    for (divisor = *top, rest = *bottom; rest != 0;) {
        unsigned __int128 next = divisor % rest;

        divisor = rest;
        rest = next;
    }
    *top /= divisor;
    *bottom /= divisor;
    return true;
}

/* Is the sum of (budget + late) / period at most 1? Exact, unless the fractions overflow; then
 * each is rounded up to a multiple of 2^-32. @slack: what is left to 1, in 2^-32, rounded down. */
static bool demand_fits(const struct analysis_core *core, uint64_t *slack)
{
    unsigned __int128 top = 0, bottom = 1;
    uint64_t rounded = 0;
    bool exact = true;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t budget = bound_add(entity->budget_ns, core->late_ns);

        if (entity->budget_ns == 0) {
            continue;
        }
        if (budget > entity->period_ns) {
            return false;
        }
        rounded += (uint64_t)((((unsigned __int128)budget << 32) + entity->period_ns - 1) /
                              entity->period_ns);
        exact = exact && demand_add_fraction(&top, &bottom, budget, entity->period_ns);
    }
    *slack = bound_subtract(1ULL << 32, rounded);
    return exact ? top <= bottom : rounded <= 1ULL << 32;
}

/* The first window, of those up to @last_ns and not more than can be looked at, in which more is
 * demanded than there is; 0: none. @complete: whether all were looked at. */
static uint64_t demand_find_overload(const struct analysis_core *core, uint64_t last_ns,
                                     bool *complete)
{
    uint64_t point = 0;

    *complete = true;
    for (unsigned i = 0; i < MAX_POINTS; i++) {
        point = demand_next_point(core, point);
        if (point > last_ns) {
            return 0;
        }
        if (demand_within(core, point) > point) {
            return point;
        }
    }
    *complete = false;
    return 0;
}

bool demand_is_met(const struct analysis_core *core)
{
    uint64_t slack;
    bool complete;

    if (!demand_fits(core, &slack)) {
        return false;
    }
    if (core->late_ns == 0) {
        return true;
    }
    if (slack == 0) {
        return false;
    }
    /* With utilisation U, windows from late / (1 - U) on need no test. */
    uint64_t last = (uint64_t)(((unsigned __int128)core->late_ns << 32) / slack);
    return demand_find_overload(core, last, &complete) == 0 && complete;
}

/* Whether @core would pass if @index had this guarantee. */
static bool demand_is_met_with(const struct analysis_core *core, size_t index, uint64_t budget_ns,
                               uint64_t period_ns)
{
    struct analysis_entity entities[ANALYSIS_MAX_ENTITIES] = {0};
    struct analysis_core other = *core;

    for (size_t i = 0; i < core->entity_count; i++) {
        entities[i] = core->entities[i];
    }
    entities[index].budget_ns = budget_ns;
    entities[index].period_ns = period_ns;
    other.entities = entities;
    return demand_is_met(&other);
}

/* The largest budget of @index with which the core would pass; 0: none. */
static uint64_t demand_largest_budget(const struct analysis_core *core, size_t index)
{
    const struct analysis_entity *entity = &core->entities[index];
    uint64_t passes = 0;
    uint64_t fails = bound_divide_up(entity->budget_ns, GRAIN_NS);

    while (fails - passes > 1) {
        uint64_t middle = passes + (fails - passes) / 2;

        if (demand_is_met_with(core, index, middle * GRAIN_NS, entity->period_ns)) {
            passes = middle;
        } else {
            fails = middle;
        }
    }
    return passes * GRAIN_NS;
}

/* The shortest period of @index with which the core would pass; 0: none. */
static uint64_t demand_shortest_period(const struct analysis_core *core, size_t index)
{
    const struct analysis_entity *entity = &core->entities[index];
    uint64_t fails = entity->period_ns / GRAIN_NS;
    uint64_t passes = LONGEST_NS / GRAIN_NS;

    if (!demand_is_met_with(core, index, entity->budget_ns, LONGEST_NS)) {
        return 0;
    }
    while (passes - fails > 1) {
        uint64_t middle = fails + (passes - fails) / 2;

        if (demand_is_met_with(core, index, entity->budget_ns, middle * GRAIN_NS)) {
            passes = middle;
        } else {
            fails = middle;
        }
    }
    return passes * GRAIN_NS;
}

/* Whose budget is not there at the end of @window_ns: of those whose period ends then, the one
 * that asks for most. Where the window is not known, the one that is promised most. */
static size_t demand_culprit(const struct analysis_core *core, uint64_t window_ns)
{
    size_t culprit = 0;
    uint64_t most = 0;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t demand;

        if (entity->budget_ns == 0 || (window_ns != 0 && window_ns % entity->period_ns != 0)) {
            continue;
        }
        demand = window_ns != 0
                     ? window_ns / entity->period_ns * entity->budget_ns
                     : (uint64_t)(((unsigned __int128)entity->budget_ns << 32) / entity->period_ns);
        if (demand > most) {
            most = demand;
            culprit = i;
        }
    }
    return culprit;
}

/* Who asks for what within @window_ns. */
static const char *demand_who(const struct analysis_core *core, uint64_t window_ns)
{
    const char *who = "";
    char text[DURATION_SIZE];

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        uint64_t times = demand_times(entity, window_ns);

        if (times != 0) {
            who = text_join(who, ", ",
                            text_format("%s %llu x %s", entity->name, (unsigned long long)times,
                                        duration_text(entity->budget_ns, false, text)));
        }
    }
    if (core->late_ns != 0) {
        who = text_format("%s, with an exit of %s before and in each", who,
                          duration_text(core->late_ns, true, text));
    }
    return who;
}

/* What share of the CPU is asked for in the long run, in hundredths of a percent, rounded up. */
static uint64_t demand_share(const struct analysis_core *core)
{
    unsigned __int128 share = 0;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];

        if (entity->budget_ns != 0) {
            share += ((unsigned __int128)bound_add(entity->budget_ns, core->late_ns) << 32) /
                     entity->period_ns;
        }
    }
    return (uint64_t)((share * 10000 + (1ULL << 32) - 1) >> 32);
}

/* Which window has too little. @window_ns 0: none was found in as many as can be looked at. */
static const char *demand_where(const struct analysis_core *core, uint64_t window_ns)
{
    char window[DURATION_SIZE], demand[DURATION_SIZE];

    if (window_ns == 0) {
        return "too little is left over for the demand-bound test to come to an end";
    }
    return text_format("the demand-bound test fails: within %s, %s are asked for (%s)",
                       duration_text(window_ns, false, window),
                       duration_text(demand_within(core, window_ns), true, demand),
                       demand_who(core, window_ns));
}

/* What would mend it, if one of the guarantees of @index can. */
static const char *demand_advice(const struct analysis_core *core, size_t index)
{
    uint64_t budget = demand_largest_budget(core, index);
    uint64_t period = demand_shortest_period(core, index);
    const char *ways = "";
    char text[DURATION_SIZE];

    if (budget != 0) {
        ways = text_format("a budget of at most %s", duration_text(budget, false, text));
    }
    if (period != 0) {
        ways = text_join(ways, " or ",
                         text_format("a period of at least %s", duration_text(period, true, text)));
    }
    return ways[0] != '\0' ? text_format("; with %s it would pass", ways) : "";
}

size_t demand_explain(const struct analysis_core *core, struct analysis *analysis)
{
    bool complete;
    uint64_t window = demand_find_overload(core, ANALYSIS_UNBOUNDED - 1, &complete);
    size_t culprit = demand_culprit(core, window);
    uint64_t share = demand_share(core);

    snprintf(analysis->entities[culprit].reason, ANALYSIS_REASON_SIZE,
             "%s; utilisation %llu.%02llu %%%s", demand_where(core, window),
             (unsigned long long)share / 100, (unsigned long long)share % 100,
             demand_advice(core, culprit));
    return culprit;
}
