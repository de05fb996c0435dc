/* SPDX-License-Identifier: Apache-2.0 */
/* The reference: time in units of 1, an explicit queue, no `until`, no shortcuts. */
#include "reference.h"

#include <string.h>

struct reference {
    const struct simulation *input;
    uint64_t now;
    bool ready[SCHED_MAX_ENTITIES];
    uint64_t left[SCHED_MAX_ENTITIES];
    uint64_t deadline[SCHED_MAX_ENTITIES];
    uint64_t slice[SCHED_MAX_ENTITIES];
    bool gave_up[SCHED_MAX_ENTITIES]; /* its slot */
    size_t arrived[SCHED_MAX_ENTITIES];
    size_t finished[SCHED_MAX_ENTITIES];
    uint64_t done[SCHED_MAX_ENTITIES];
    size_t queue[SCHED_MAX_ENTITIES];
    size_t queued;
    size_t running;
};

static bool reference_is(const struct reference *reference, const struct sched_policy *policy)
{
    return reference->input->policy == policy;
}

static uint64_t reference_budget(const struct reference *reference, size_t i)
{
    if (reference_is(reference, &sched_edf) || reference_is(reference, &sched_fixed_priority)) {
        return reference->input->actors[i].parameters.budget_ns;
    }
    return 0;
}

static bool reference_owns_slot(const struct reference *reference, size_t i)
{
    for (size_t s = 0;
         reference_is(reference, &sched_timetable) && s < reference->input->slot_count; s++) {
        if (reference->input->slots[s].entity == i) {
            return true;
        }
    }
    return false;
}

static size_t reference_slot_owner(const struct reference *reference)
{
    uint64_t phase = reference->now % reference->input->frame_ns;

    for (size_t s = 0; s < reference->input->slot_count; s++) {
        const struct sched_slot *slot = &reference->input->slots[s];

        if (phase >= slot->start_ns && phase < slot->start_ns + slot->length_ns) {
            return slot->entity;
        }
    }
    return NOBODY;
}

static void reference_leave(struct reference *reference, size_t i)
{
    size_t kept = 0;

    for (size_t q = 0; q < reference->queued; q++) {
        if (reference->queue[q] != i) {
            reference->queue[kept++] = reference->queue[q];
        }
    }
    reference->queued = kept;
}

static void reference_join(struct reference *reference, size_t i)
{
    reference_leave(reference, i);
    reference->queue[reference->queued++] = i;
    reference->slice[i] = reference->input->slice_ns;
}

static size_t reference_guaranteed(const struct reference *reference)
{
    size_t best = NOBODY;
    const struct actor *actors = reference->input->actors;

    for (size_t i = 0; i < reference->input->actor_count; i++) {
        bool better;

        if (!reference->ready[i] || reference->left[i] == 0) {
            continue;
        }
        if (best == NOBODY) {
            better = true;
        } else if (reference_is(reference, &sched_edf)) {
            better = reference->deadline[i] < reference->deadline[best];
        } else {
            better = actors[i].parameters.priority > actors[best].parameters.priority;
        }
        if (better) {
            best = i;
        }
    }
    return best;
}

static size_t reference_turn(struct reference *reference)
{
    if (reference->queued >= 2 && reference->slice[reference->queue[0]] == 0) {
        reference_join(reference, reference->queue[0]);
    }
    return reference->queued != 0 ? reference->queue[0] : NOBODY;
}

static void reference_decide(struct reference *reference)
{
    if (reference_is(reference, &sched_timetable)) {
        size_t owner = reference_slot_owner(reference);

        if (owner != NOBODY && !reference->ready[owner]) {
            owner = NOBODY;
        }
        reference->running = owner;
        if (owner == NOBODY || reference->gave_up[owner]) { /* only then are there turns to take */
            size_t turn = reference_turn(reference);

            reference->running = turn != NOBODY ? turn : owner;
        }
        return;
    }
    reference->running = reference_guaranteed(reference);
    if (reference->running == NOBODY) {
        reference->running = reference_turn(reference);
    }
}

static void reference_refill(struct reference *reference)
{
    for (size_t i = 0; i < reference->input->actor_count; i++) {
        const struct sched_parameters *parameters = &reference->input->actors[i].parameters;

        if (reference_is(reference, &sched_timetable)) {
            for (size_t s = 0; s < reference->input->slot_count; s++) {
                uint64_t phase = reference->now % reference->input->frame_ns;
                const struct sched_slot *slot = &reference->input->slots[s];

                if (slot->entity == i &&
                    (phase == slot->start_ns || phase == slot->start_ns + slot->length_ns)) {
                    reference->gave_up[i] = false;
                }
            }
        }
        if (reference_budget(reference, i) == 0) {
            continue;
        }
        if (reference_is(reference, &sched_edf)
                ? reference->ready[i] && reference->now >= reference->deadline[i]
                : reference->now % parameters->period_ns == 0) {
            reference->left[i] = parameters->budget_ns;
            reference->deadline[i] += parameters->period_ns;
        }
    }
}

static void reference_wake(struct reference *reference, size_t i)
{
    const struct sched_parameters *parameters = &reference->input->actors[i].parameters;

    reference->ready[i] = true;
    reference->gave_up[i] = false;
    if (!reference_owns_slot(reference, i)) {
        reference_join(reference, i);
    }
    if (reference_is(reference, &sched_edf) && parameters->budget_ns != 0) {
        /* The test is left / (deadline - now) > budget / period; the test's numbers are small. */
        if (reference->now >= reference->deadline[i] ||
            reference->left[i] * parameters->period_ns >
                (reference->deadline[i] - reference->now) * parameters->budget_ns) {
            reference->deadline[i] = reference->now + parameters->period_ns;
            reference->left[i] = parameters->budget_ns;
        }
    }
}

static void reference_end_job(struct reference *reference)
{
    size_t i = reference->running;
    const struct job *job;

    if (i == NOBODY) {
        return;
    }
    job = &reference->input->actors[i].jobs[reference->finished[i]];
    if (reference->done[i] < job->demand_ns) {
        return;
    }
    reference->done[i] = 0;
    reference->finished[i]++;
    if (reference->finished[i] == reference->arrived[i]) {
        reference->ready[i] = false;
        reference_leave(reference, i);
    } else if (job->yields) {
        reference->left[i] = 0;
        if (reference_owns_slot(reference, i)) {
            reference->gave_up[i] = true;
        } else {
            reference_join(reference, i);
        }
    } else {
        return; /* it goes on with its next job */
    }
    reference_decide(reference);
}

static void reference_account(struct reference *reference)
{
    size_t i = reference->running;

    if (i == NOBODY) {
        return;
    }
    reference->done[i]++;
    if (reference->left[i] != 0) {
        if (--reference->left[i] == 0) {
            reference_join(reference, i);
        }
    } else if (reference->slice[i] != 0) {
        reference->slice[i]--;
    }
}

static void reference_arrivals(struct reference *reference)
{
    for (size_t i = 0; i < reference->input->actor_count; i++) {
        const struct actor *actor = &reference->input->actors[i];

        while (reference->arrived[i] < actor->job_count &&
               actor->jobs[reference->arrived[i]].arrival_ns <= reference->now) {
            if (reference->arrived[i]++ == reference->finished[i]) {
                reference_wake(reference, i);
                reference_decide(reference);
            }
        }
    }
}

void reference_run(const struct simulation *simulation, uint8_t *trace)
{
    struct reference reference = {.input = simulation, .running = NOBODY};

    for (uint64_t now = 0; now < simulation->horizon_ns; now++) {
        reference.now = now;
        reference_refill(&reference);
        reference_end_job(&reference);
        reference_arrivals(&reference);
        reference_decide(&reference);
        trace[now] = reference.running == NOBODY ? TRACE_NOBODY : (uint8_t)reference.running;
        reference_account(&reference);
    }
}
