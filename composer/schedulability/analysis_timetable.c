/* SPDX-License-Identifier: Apache-2.0 */
/* Timetable: how long it takes at most until the slots, or the gaps between them, have given
 * what is needed. */
#include "analysis_bounds.h"

#include <stdlib.h>

/** When an entity can run: its slots or, for best effort, the gaps. */
struct supply {
    struct plan_slot *parts;
    size_t count;
    uint64_t frame_ns;
};

static bool timetable_preempts(const struct analysis_core *core, size_t other, size_t index)
{
    (void)core;
    (void)other;
    (void)index;
    return false;
}

static bool timetable_owns(const struct analysis_core *core, size_t index)
{
    for (size_t s = 0; s < core->slot_count; s++) {
        if (core->slots[s].vcpu == index) {
            return true;
        }
    }
    return false;
}

static void supply_add(struct supply *supply, uint64_t start_ns, uint64_t end_ns)
{
    if (end_ns > start_ns) {
        supply->parts[supply->count++] =
            (struct plan_slot){.start_ns = start_ns, .length_ns = end_ns - start_ns};
    }
}

static struct supply supply_make(const struct analysis_core *core, size_t index)
{
    struct supply supply = {.frame_ns = core->frame_ns};
    bool owner = timetable_owns(core, index);
    uint64_t end = 0;

    supply.parts = calloc(core->slot_count + 1, sizeof(*supply.parts));
    if (supply.parts == NULL) {
        abort();
    }
    for (size_t s = 0; s < core->slot_count; s++) {
        const struct plan_slot *slot = &core->slots[s];

        if (slot->vcpu == PLAN_NONE) {
            continue;
        }
        if (!owner) {
            supply_add(&supply, end, slot->start_ns);
        } else if (slot->vcpu == index) {
            supply_add(&supply, slot->start_ns, slot->start_ns + slot->length_ns);
        }
        end = slot->start_ns + slot->length_ns;
    }
    if (!owner) {
        supply_add(&supply, end, core->frame_ns);
    }
    return supply;
}

/* The longest time until @demand_ns was supplied, when each part loses its first @loss_ns; it
 * begins at the end of a part, for there it is longest. @touched: how many parts it takes at
 * most. */
static uint64_t supply_longest(const struct supply *supply, uint64_t demand_ns, uint64_t loss_ns,
                               uint64_t *touched)
{
    uint64_t longest = 0;
    uint64_t in_frame = 0;
    uint64_t frames;

    for (size_t p = 0; p < supply->count; p++) {
        in_frame += bound_subtract(supply->parts[p].length_ns, loss_ns);
    }
    if (in_frame == 0 || demand_ns == ANALYSIS_UNBOUNDED || demand_ns == 0) {
        return ANALYSIS_UNBOUNDED;
    }
    frames = (demand_ns - 1) / in_frame;
    *touched = bound_multiply(frames + 1, supply->count);
    for (size_t from = 0; from < supply->count; from++) {
        uint64_t begin = supply->parts[from].start_ns + supply->parts[from].length_ns;
        size_t part = from;
        uint64_t wrapped = 0;
        uint64_t rest = demand_ns - frames * in_frame;
        uint64_t length;

        for (;;) {
            uint64_t gives;

            if (++part == supply->count) {
                part = 0;
                wrapped = supply->frame_ns;
            }
            gives = bound_subtract(supply->parts[part].length_ns, loss_ns);
            if (rest <= gives) {
                break;
            }
            rest -= gives;
        }
        length = wrapped + supply->parts[part].start_ns + loss_ns + rest - begin;
        if (length > longest) {
            longest = length;
        }
    }
    return bound_add(longest, bound_multiply(frames, supply->frame_ns));
}

/* From a wake-up to the first instruction: others' turns, if it shares gaps, and what interrupts
 * steal meanwhile. */
static uint64_t timetable_wake(const struct analysis_core *core, size_t index, uint64_t turns_ns,
                               uint64_t window_ns)
{
    struct supply supply = supply_make(core, index);
    uint64_t own = bound_add(1, bound_overhead(core, index, timetable_preempts, window_ns));
    uint64_t touched;
    uint64_t length = supply_longest(&supply, bound_add(own, turns_ns),
                                     bound_add(core->switch_ns, core->late_ns), &touched);

    free(supply.parts);
    return bound_add(length, core->late_ns);
}

static uint64_t timetable_turns(const struct analysis_core *core, size_t index)
{
    uint64_t others = 0;

    if (timetable_owns(core, index)) {
        return 0;
    }
    for (size_t i = 0; i < core->entity_count; i++) {
        others += i != index && !timetable_owns(core, i);
    }
    return bound_multiply(others, bound_add(core->slice_ns, core->late_ns));
}

static void timetable_budget(const struct analysis_core *core, size_t index,
                             struct analysis_verdict *verdict)
{
    struct supply supply = supply_make(core, index);
    uint64_t budget = core->entities[index].budget_ns;
    uint64_t touched = 0;

    for (size_t p = 0; p < supply.count && core->entities[index].budget_ns == 0; p++) {
        budget += bound_subtract(supply.parts[p].length_ns, core->late_ns);
    }
    verdict->response_ns =
        bound_add(supply_longest(&supply, budget, core->late_ns, &touched), core->late_ns);
    verdict->usable_ns = 0;
    if (verdict->response_ns != ANALYSIS_UNBOUNDED) {
        verdict->overhead_ns =
            bound_add(bound_overhead(core, index, timetable_preempts, verdict->response_ns),
                      bound_multiply(touched, core->switch_ns));
        verdict->usable_ns = bound_subtract(budget, verdict->overhead_ns);
    }
    free(supply.parts);
}

void analysis_timetable(const struct analysis_core *core, struct analysis *analysis)
{
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];
        struct analysis_verdict *verdict = &analysis->entities[i];
        bool owner = timetable_owns(core, i);

        verdict->wake_ns = bound_fixed_point(core, i, timetable_turns(core, i), timetable_wake);
        if (!owner && verdict->wake_ns != ANALYSIS_UNBOUNDED &&
            bound_overhead(core, i, timetable_preempts, verdict->wake_ns) >= core->slice_ns) {
            verdict->wake_ns = ANALYSIS_UNBOUNDED;
        }
        verdict->delivery_ns = verdict->wake_ns;
        verdict->response_ns = ANALYSIS_UNBOUNDED;
        if (owner) {
            timetable_budget(core, i, verdict);
        }
        verdict->sustained_ns = verdict->response_ns;
        verdict->holds =
            entity->budget_ns == 0 ||
            (owner && verdict->response_ns <= entity->period_ns && verdict->usable_ns != 0);
    }
}
