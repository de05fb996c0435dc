/* SPDX-License-Identifier: Apache-2.0 */
/* Turns among those that share what is left over. The queue is a rank per entity: at most SCHED_MAX_ENTITIES of them.
 */
#include "turns.h"

void turns_join(struct sched_core *core, struct sched_entity *entity)
{
    entity->turn = core->next_turn++;
    entity->slice_left_ns = core->parameters.slice_ns;
}

void turns_charge(struct sched_entity *entity, uint64_t ran_ns)
{
    entity->slice_left_ns -= ran_ns < entity->slice_left_ns ? ran_ns : entity->slice_left_ns;
}

/* The ready entity with the lowest rank; @count: how many there are. */
static struct sched_entity *turns_first(const struct sched_core *core, size_t *count)
{
    struct sched_entity *first = NULL;

    *count = 0;
    for (size_t i = 0; i < core->entity_count; i++) {
        struct sched_entity *entity = core->entities[i];

        if (!entity->ready || entity->owns_slot)
            continue;
        (*count)++;
        if (first == NULL || entity->turn < first->turn)
            first = entity;
    }
    return first;
}

struct sched_decision turns_decide(struct sched_core *core, uint64_t now_ns)
{
    size_t count;
    struct sched_entity *first = turns_first(core, &count);

    if (count < 2)
        return (struct sched_decision){first, SCHED_NEVER};
    /* Only the first one's slice can be spent: nobody else had a turn since. */
    if (first->slice_left_ns == 0) {
        turns_join(core, first);
        first = turns_first(core, &count);
    }
    return (struct sched_decision){first, now_ns + first->slice_left_ns};
}
