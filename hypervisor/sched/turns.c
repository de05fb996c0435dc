/* SPDX-License-Identifier: Apache-2.0 */
/* Turns among those that share what is left over. The queue is a rank per entity: at most
 * SCHED_MAX_ENTITIES of them.
 */
#include "turns.h"

void turns_join(struct sched_core *core, struct sched_entity *entity)
{
    entity->turn = core->next_turn++;
    entity->slice_left_ns = core->parameters.slice_ns;
}

void turns_charge(struct sched_entity *entity, int64_t ran_ns)
{
    entity->slice_left_ns -=
        ran_ns < (int64_t)entity->slice_left_ns ? (uint64_t)ran_ns : entity->slice_left_ns;
}

struct sched_decision turns_decide(struct sched_core *core, uint64_t now_ns)
{
    struct sched_entity *first = NULL;
    struct sched_entity *second = NULL;
    uint64_t first_turn = SCHED_NEVER;
    uint64_t second_turn = SCHED_NEVER;

    for (size_t i = 0; i < core->entity_count; i++) { /* bound: CORE_VCPUS */
        struct sched_entity *entity = core->entities[i];
        uint64_t turn = entity->turn;

        if (!entity->ready || entity->owns_slot) {
            continue;
        }
        if (turn < first_turn) {
            second = first;
            second_turn = first_turn;
            first = entity;
            first_turn = turn;
        } else if (turn < second_turn) {
            second = entity;
            second_turn = turn;
        }
    }
    if (second == NULL) {
        return (struct sched_decision){first, SCHED_NEVER};
    }
    /* Only the first one's slice can be spent: nobody else had a turn since. */
    if (first->slice_left_ns == 0) {
        turns_join(core, first);
        first = second;
    }
    return (struct sched_decision){first, now_ns + first->slice_left_ns};
}
