/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timetable: fixed slots in a major frame (in the manner of ARINC 653), which begins when the core does. A slot belongs
 * to one entity, which never runs outside of its slots. What it leaves unused, and the gaps between slots, those
 * without a slot share in turns; the owner takes its slot back at once when it wakes.
 */
#include "server.h"
#include "turns.h"

static void timetable_init(struct sched_core *core, uint64_t now_ns)
{
    server_init(core, now_ns);
    core->frame_start_ns = now_ns;
    core->slot = 0;
}

static void timetable_allocate(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_allocate_without_budget(core, entity, now_ns);
    for (size_t i = 0; i < core->parameters.slot_count; i++)
        entity->owns_slot |= core->parameters.slots[i].entity == entity->index;
}

static void timetable_enqueue(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_enqueue(core, entity, now_ns);
    entity->yielded_ns = 0;
}

/* Moves on to the first slot that has not ended. Each slot is passed once, so a decision costs O(1) in the long run. */
static void timetable_advance(struct sched_core *core, uint64_t now_ns)
{
    const struct sched_core_parameters *parameters = &core->parameters;
    uint64_t passed = now_ns - core->frame_start_ns;

    if (passed >= parameters->frame_ns) {
        passed %= parameters->frame_ns;
        core->frame_start_ns = now_ns - passed;
        core->slot = 0;
    }
    while (core->slot < parameters->slot_count &&
           passed >= parameters->slots[core->slot].start_ns + parameters->slots[core->slot].length_ns)
        core->slot++;
}

/* The entity whose slot it is, or NULL in a gap; @end_ns: when that changes. */
static struct sched_entity *timetable_owner(const struct sched_core *core, uint64_t now_ns, uint64_t *end_ns)
{
    const struct sched_core_parameters *parameters = &core->parameters;
    const struct sched_slot *slot = &parameters->slots[core->slot];

    if (core->slot == parameters->slot_count) {
        /* After the last slot: the next one is the first of the next frame. */
        *end_ns = core->frame_start_ns + parameters->frame_ns;
        if (parameters->slot_count != 0)
            *end_ns += parameters->slots[0].start_ns;
        return NULL;
    }
    if (now_ns < core->frame_start_ns + slot->start_ns) {
        *end_ns = core->frame_start_ns + slot->start_ns;
        return NULL;
    }
    *end_ns = core->frame_start_ns + slot->start_ns + slot->length_ns;
    return core->entities[slot->entity];
}

/* The rest of its slot is for others. */
static void timetable_yield(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_yield(core, entity, now_ns);
    timetable_advance(core, now_ns);
    if (entity->owns_slot)
        timetable_owner(core, now_ns, &entity->yielded_ns);
}

static struct sched_decision timetable_schedule(struct sched_core *core, uint64_t now_ns)
{
    struct sched_entity *owner;
    struct sched_decision decision;
    uint64_t boundary;
    bool owners_ready = false;

    server_charge(core, now_ns);
    timetable_advance(core, now_ns);
    owner = timetable_owner(core, now_ns, &boundary);
    for (size_t i = 0; i < core->entity_count; i++)
        owners_ready |= core->entities[i]->ready && core->entities[i]->owns_slot;
    if (owner != NULL && !owner->ready)
        owner = NULL;

    decision = turns_decide(core, now_ns);
    /* Who has yielded goes on if nobody wants the time. */
    if (owner != NULL && (now_ns >= owner->yielded_ns || decision.entity == NULL))
        decision = (struct sched_decision){owner, boundary};
    if (owners_ready && boundary < decision.until_ns)
        decision.until_ns = boundary;
    core->running = decision.entity;
    return decision;
}

SCHED_POLICY(timetable) = {
    .name = "timetable",
    .init = timetable_init,
    .allocate = timetable_allocate,
    .enqueue = timetable_enqueue,
    .block = server_block,
    .yield = timetable_yield,
    .schedule = timetable_schedule,
};
