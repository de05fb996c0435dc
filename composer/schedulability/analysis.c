/* SPDX-License-Identifier: Apache-2.0 */
/* The analysis as a whole: is the input sensible, what do the policy's analysis and the user
 * hear. */
#include "analysis_bounds.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "duration.h"

static void analysis_duration(char text[DURATION_SIZE], uint64_t ns)
{
    if (ns == ANALYSIS_UNBOUNDED) {
        snprintf(text, DURATION_SIZE, "unbounded");
    } else {
        duration_text(ns, false, text);
    }
}

void analysis_settle(const struct analysis_core *core, size_t index, bound_preempts *preempts,
                     struct analysis_verdict *verdict)
{
    const struct analysis_entity *entity = &core->entities[index];
    uint64_t budget = entity->budget_ns;

    verdict->usable_ns = 0;
    if (verdict->response_ns != ANALYSIS_UNBOUNDED) {
        verdict->overhead_ns = bound_overhead(core, index, preempts, verdict->response_ns);
        verdict->usable_ns = bound_subtract(budget, verdict->overhead_ns);
    }
    if (verdict->wake_ns != ANALYSIS_UNBOUNDED &&
        bound_overhead(core, index, preempts, verdict->wake_ns) >= budget) {
        verdict->wake_ns = ANALYSIS_UNBOUNDED;
    }
    verdict->delivery_ns = verdict->wake_ns;
    /* Used up as early as can be, it waits for the refill; or what is left of it suffices for
     * the way, but no more. */
    if (budget < entity->period_ns) {
        verdict->delivery_ns = bound_add(entity->period_ns - budget + core->late_ns,
                                         bound_multiply(2, verdict->wake_ns));
    }
    verdict->holds = verdict->response_ns <= entity->period_ns && verdict->usable_ns != 0;
}

static void analysis_explain(const struct analysis_core *core, size_t index,
                             struct analysis *analysis)
{
    struct analysis_verdict *verdict = &analysis->entities[index];
    const struct analysis_entity *entity = &core->entities[index];
    char budget[DURATION_SIZE], period[DURATION_SIZE], response[DURATION_SIZE],
        usable[DURATION_SIZE];
    char wake[DURATION_SIZE], overhead[DURATION_SIZE];

    analysis_duration(overhead, verdict->overhead_ns);
    analysis_duration(budget, entity->budget_ns);
    analysis_duration(period, entity->period_ns);
    analysis_duration(response, verdict->response_ns);
    analysis_duration(usable, verdict->usable_ns);
    analysis_duration(wake, verdict->wake_ns);
    if (entity->budget_ns == 0 && verdict->wake_ns == ANALYSIS_UNBOUNDED) {
        snprintf(verdict->reason, sizeof(verdict->reason), "no guarantee: it may never run");
    } else if (entity->budget_ns == 0) {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "no guarantee; it runs within %s of its wake-up", wake);
    } else if (analysis->culprit != ANALYSIS_EACH) {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "more is asked for than there is: see %s", core->entities[analysis->culprit].name);
    } else if (verdict->response_ns == ANALYSIS_UNBOUNDED) {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "nothing bounds the wait for its %s: the core has too much to do", budget);
    } else if (!verdict->holds && verdict->response_ns > entity->period_ns &&
               core->policy != PLAN_POLICY_EDF) {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "it may take %s to get its %s, longer than its period of %s", response, budget,
                 period);
    } else if (verdict->usable_ns == 0) {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "switches and interrupts (interrupt-rate, doorbell-interval) may take %s in %s: "
                 "all of its budget of %s",
                 overhead, response, budget);
    } else {
        snprintf(verdict->reason, sizeof(verdict->reason),
                 "gets %s within %s of its period of %s, %s of it usable", budget, response, period,
                 usable);
    }
}

/* Sets the reason. Returns false, for those who refuse by it. */
static bool analysis_say(struct analysis *analysis, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(analysis->reason, sizeof(analysis->reason), format, arguments);
    va_end(arguments);
    return false;
}

static bool analysis_accept_slots(const struct analysis_core *core, struct analysis *analysis)
{
    uint64_t end = 0;
    uint64_t used = 0;

    if (core->frame_ns == 0) {
        return analysis_say(analysis, "the timetable has no frame length");
    }
    for (size_t s = 0; s < core->slot_count; s++) {
        const struct plan_slot *slot = &core->slots[s];

        if (slot->vcpu >= core->entity_count && slot->vcpu != PLAN_NONE) {
            return analysis_say(analysis, "slot %zu belongs to nobody on this core", s);
        }
        if (slot->length_ns == 0 || slot->start_ns < end) {
            return analysis_say(analysis,
                                "slot %zu is empty or begins before the one before it ends", s);
        }
        if (slot->length_ns > core->frame_ns || slot->start_ns > core->frame_ns - slot->length_ns) {
            return analysis_say(analysis, "slot %zu ends after the frame", s);
        }
        end = slot->start_ns + slot->length_ns;
        used += slot->vcpu != PLAN_NONE ? slot->length_ns : 0;
    }
    analysis->utilisation_ppm =
        (uint64_t)(((unsigned __int128)used * 1000000 + core->frame_ns - 1) / core->frame_ns);
    return true;
}

/* Is the input sensible? Adds the utilisation up on the way. */
static bool analysis_accept(const struct analysis_core *core, struct analysis *analysis)
{
    if (core->entity_count > ANALYSIS_MAX_ENTITIES) {
        return analysis_say(analysis, "more than %u vCPUs share the core", ANALYSIS_MAX_ENTITIES);
    }
    if (core->slice_ns == 0 && core->policy != PLAN_POLICY_DEDICATED) {
        return analysis_say(analysis, "the slice is 0");
    }
    if (core->policy == PLAN_POLICY_DEDICATED && core->entity_count > 1) {
        return analysis_say(analysis, "more than one vCPU on a dedicated core");
    }
    for (size_t i = 0; i < core->entity_count; i++) {
        const struct analysis_entity *entity = &core->entities[i];

        if (entity->budget_ns == 0) {
            continue;
        }
        if (entity->budget_ns > entity->period_ns) {
            return analysis_say(analysis, "%s: its budget is longer than its period", entity->name);
        }
        if (core->policy != PLAN_POLICY_TIMETABLE) {
            analysis->utilisation_ppm +=
                (uint64_t)(((unsigned __int128)entity->budget_ns * 1000000 + entity->period_ns -
                            1) /
                           entity->period_ns);
        }
    }
    return core->policy != PLAN_POLICY_TIMETABLE || analysis_accept_slots(core, analysis);
}

/* A server's budget is full two periods after a wake-up, or, under EDF, when a period has gone
 * by of which the policy may have heard late. */
static uint64_t analysis_distance(const struct analysis_core *core, size_t index,
                                  const struct analysis_verdict *verdict)
{
    uint64_t period = core->entities[index].period_ns;

    if (verdict->response_ns == ANALYSIS_UNBOUNDED) {
        return ANALYSIS_UNBOUNDED;
    }
    if (core->policy == PLAN_POLICY_EDF) {
        return bound_add(period, core->late_ns);
    }
    return bound_multiply(2, period > verdict->response_ns ? period : verdict->response_ns);
}

bool analysis_run(const struct analysis_core *core, struct analysis *analysis)
{
    memset(analysis, 0, sizeof(*analysis));
    analysis->culprit = ANALYSIS_EACH;
    if (!analysis_accept(core, analysis)) {
        return false;
    }
    switch (core->policy) {
    case PLAN_POLICY_FIXED_PRIORITY:
        analysis_fixed_priority(core, analysis);
        break;
    case PLAN_POLICY_EDF:
        analysis_edf(core, analysis);
        break;
    case PLAN_POLICY_TIMETABLE:
        analysis_timetable(core, analysis);
        break;
    default: /* alone on its core is round robin without others */
        analysis_round_robin(core, analysis);
        break;
    }
    analysis->holds = true;
    for (size_t i = 0; i < core->entity_count; i++) {
        struct analysis_verdict *verdict = &analysis->entities[i];

        verdict->distance_ns = analysis_distance(core, i, verdict);
        if (i != analysis->culprit) {
            analysis_explain(core, i, analysis);
        }
        if (!verdict->holds &&
            (i == analysis->culprit || (analysis->holds && analysis->culprit == ANALYSIS_EACH))) {
            analysis_say(analysis, "%s: %.*s", core->entities[i].name,
                         (int)(ANALYSIS_REASON_SIZE - PLAN_NAME_SIZE - sizeof(": ")),
                         verdict->reason);
        }
        analysis->holds = analysis->holds && verdict->holds;
    }
    if (analysis->holds) {
        analysis_say(analysis, "all guarantees hold; %llu.%01llu %% of the core is guaranteed",
                     (unsigned long long)(analysis->utilisation_ppm / 10000),
                     (unsigned long long)(analysis->utilisation_ppm / 1000 % 10));
    }
    return analysis->holds;
}
