/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds that all analyses share. */
#include "analysis_bounds.h"

#define HOUR_NS        3600000000000ULL
#define MAX_ITERATIONS 1000000U

uint64_t bound_add(uint64_t a, uint64_t b)
{
    return a > ANALYSIS_UNBOUNDED - b ? ANALYSIS_UNBOUNDED : a + b;
}

uint64_t bound_multiply(uint64_t a, uint64_t b)
{
    return b != 0 && a > ANALYSIS_UNBOUNDED / b ? ANALYSIS_UNBOUNDED : a * b;
}

uint64_t bound_subtract(uint64_t a, uint64_t b)
{
    if (a == ANALYSIS_UNBOUNDED) {
        return a;
    }
    return a > b ? a - b : 0;
}

uint64_t bound_divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* How often things happen within any @window_ns, each at most once in its interval. */
static uint64_t bound_occasions(const uint64_t *intervals_ns, size_t count, uint64_t window_ns)
{
    uint64_t occasions = 0;

    for (size_t i = 0; i < count; i++) {
        occasions = bound_add(occasions, bound_add(window_ns / intervals_ns[i], 1));
    }
    return occasions;
}

uint64_t bound_interrupts(const struct analysis_entity *entity, uint64_t window_ns)
{
    uint64_t period =
        entity->interrupt_period_ns != 0 ? entity->interrupt_period_ns : entity->period_ns;

    uint64_t doorbells = bound_occasions(entity->doorbells_ns, entity->doorbell_count, window_ns);

    if (entity->interrupts == 0) {
        return doorbells;
    }
    return period != 0 ? bound_add(doorbells, bound_multiply(entity->interrupts,
                                                             bound_add(window_ns / period, 1)))
                       : ANALYSIS_UNBOUNDED;
}

uint64_t bound_server(const struct analysis_core *core, const struct analysis_entity *entity,
                      uint64_t window_ns)
{
    uint64_t periods = bound_divide_up(bound_add(window_ns, entity->period_ns - entity->budget_ns),
                                       entity->period_ns);

    return bound_multiply(periods, bound_add(entity->budget_ns, core->late_ns));
}

uint64_t bound_overhead(const struct analysis_core *core, size_t index, bound_preempts *preempts,
                        uint64_t window_ns)
{
    uint64_t switches = 1; /* to it, at first */
    uint64_t expiries = 2; /* its own refill, and the end of its budget */
    uint64_t interrupts = 0;

    expiries =
        bound_add(expiries, bound_occasions(core->watchdogs_ns, core->watchdog_count, window_ns));
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *other = &core->entities[i];
        uint64_t arrivals = bound_interrupts(other, window_ns);

        interrupts = bound_add(interrupts, arrivals);
        if (i == index || !preempts(core, i, index)) {
            continue;
        }
        /* It becomes ready again by an interrupt or by a refill, and back to this one it is
         * another switch. */
        if (other->period_ns != 0) {
            expiries = bound_add(expiries, window_ns / other->period_ns + 1);
            switches = bound_add(switches, window_ns / other->period_ns + 1);
        }
        switches = bound_add(switches, arrivals);
    }
    return bound_add(
        bound_multiply(switches, core->switch_ns),
        bound_add(bound_multiply(interrupts, bound_add(core->interrupt_ns, core->late_ns)),
                  bound_multiply(expiries, core->late_ns)));
}

uint64_t bound_fixed_point(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                           bound_window *window)
{
    uint64_t length = 0;

    for (unsigned i = 0; i < MAX_ITERATIONS && length <= HOUR_NS; i++) {
        uint64_t next = window(core, index, demand_ns, length);

        if (next <= length) {
            return length;
        }
        length = next;
    }
    return ANALYSIS_UNBOUNDED;
}
