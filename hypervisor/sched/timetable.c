/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timetable: fixed slots in a major frame (in the manner of ARINC 653), which begins when the core
 * does. A slot belongs to one entity, which never runs outside of its slots. What it leaves unused,
 * and the gaps between slots, those without a slot share in turns; the owner takes its slot back at
 * once when it wakes. The gaps are slots of nobody: the composer has put them in.
 */
#include "server.h"
#include "turns.h"

static void timetable_init(struct sched_core *core, uint64_t now_ns)
{
    server_init(core, now_ns);
    core->frame_start_ns = now_ns;
    core->slot = core->parameters.slots;
}

static void timetable_allocate(struct sched_core *core, struct sched_entity *entity,
                               uint64_t now_ns)
{
    server_allocate_without_budget(core, entity, now_ns);
    for (size_t i = 0; i < core->parameters.slot_count; i++) {
        entity->owns_slot |= core->parameters.slots[i].entity == entity->index;
    }
}

static void timetable_enqueue(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_enqueue(core, entity, now_ns);
    entity->yielded_ns = 0;
}

/* Moves on to the slot of @now_ns. Each slot is passed once, so a decision costs O(1) in the
 * long run. */
static void timetable_advance(struct sched_core *core, uint64_t now_ns)
{
    uint64_t passed = now_ns - core->frame_start_ns;

    if (now_ns < core->slot_end_ns) {
        return;
    }
    if (passed >= core->parameters.frame_ns) {
        passed %= core->parameters.frame_ns;
        core->frame_start_ns = now_ns - passed;
        core->slot = core->parameters.slots;
    }
    while (passed >= core->slot->start_ns + core->slot->length_ns) { /* bound: SLOTS */
        core->slot++;
    }
    core->slot_end_ns = core->frame_start_ns + core->slot->start_ns + core->slot->length_ns;
    core->slot_owner =
        core->slot->entity == SCHED_NOBODY ? NULL : core->entities[core->slot->entity];
}

/* The rest of its slot is for others. */
static void timetable_yield(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_yield(core, entity, now_ns);
    timetable_advance(core, now_ns);
    if (entity->owns_slot) {
        entity->yielded_ns = core->slot_end_ns;
    }
}

static struct sched_decision timetable_schedule(struct sched_core *core, uint64_t now_ns)
{
    struct sched_entity *owner;
    struct sched_decision decision;

    server_charge_once(core, now_ns);
    timetable_advance(core, now_ns);
    owner = core->slot_owner != NULL && core->slot_owner->ready ? core->slot_owner : NULL;
    decision = (struct sched_decision){owner, core->slot_end_ns};
    if (owner == NULL || now_ns < owner->yielded_ns) {
        decision = turns_decide(core, now_ns);
        if (decision.entity == NULL) { /* who has yielded goes on if nobody wants the time */
            decision.entity = owner;
        }
        for (size_t i = 0; i < core->entity_count; i++) { /* bound: CORE_VCPUS */
            const struct sched_entity *entity = core->entities[i];

            if (entity->ready && entity->owns_slot && core->slot_end_ns < decision.until_ns) {
                decision.until_ns = core->slot_end_ns;
            }
        }
    }
    core->running = decision.entity;
    return decision;
}

SCHED_POLICY(timetable) = {
    .init = timetable_init,
    .allocate = timetable_allocate,
    .enqueue = timetable_enqueue,
    .block = server_block,
    .yield = timetable_yield,
    .schedule = timetable_schedule,
};
