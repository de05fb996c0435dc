/* SPDX-License-Identifier: Apache-2.0 */
/* Which server runs, and when that ends. Two passes over the core's entities, whatever happens. */
#include "server.h"
#include "turns.h"

/* Does @a run rather than @b, with these ranks? */
static bool server_beats(const struct sched_entity *a, uint64_t rank_a, const struct sched_entity *b, uint64_t rank_b)
{
    return rank_a < rank_b || (rank_a == rank_b && a->index < b->index);
}

/* The ready entity with budget left that comes first. */
static struct sched_entity *server_first(struct sched_core *core, uint64_t now_ns, server_rank *rank)
{
    struct sched_entity *first = NULL;

    for (size_t i = 0; i < core->entity_count; i++) {
        struct sched_entity *entity = core->entities[i];

        if (!entity->ready)
            continue;
        server_refill(entity, now_ns);
        if (entity->left_ns != 0 && (first == NULL || server_beats(entity, rank(entity, entity->deadline_ns), first,
                                                                   rank(first, first->deadline_ns))))
            first = entity;
    }
    return first;
}

/* When @entity's refill will make it run instead of @first, or SCHED_NEVER. What @first's own refill does to its rank
 * by then is not known: the worst is taken. */
static uint64_t server_overtakes(const struct sched_entity *entity, const struct sched_entity *first, server_rank *rank)
{
    uint64_t refill = entity->deadline_ns;
    bool before = refill < first->deadline_ns;
    uint64_t first_then = rank(first, before ? first->deadline_ns : SCHED_NEVER);

    if (entity->parameters.budget_ns == 0)
        return SCHED_NEVER;
    if (before && first->left_ns == 0)
        return refill;
    if (server_beats(entity, rank(entity, refill + entity->parameters.period_ns), first, first_then))
        return refill;
    return SCHED_NEVER;
}

/* When @first has used up what it runs on, if nobody else becomes ready. @rival: its next refill could cost it the
 * first place. */
static uint64_t server_ends(const struct sched_entity *first, bool rival, uint64_t now_ns)
{
    uint64_t budget = first->parameters.budget_ns;
    uint64_t end = now_ns + (first->left_ns != 0 ? first->left_ns : first->slice_left_ns);

    if (end < first->deadline_ns)
        return end;
    if (rival)
        return first->deadline_ns;
    return budget < first->parameters.period_ns ? first->deadline_ns + budget : SCHED_NEVER;
}

/* Until when @first stays the right choice. */
static uint64_t server_until(const struct sched_core *core, const struct sched_entity *first, uint64_t now_ns,
                             server_rank *rank)
{
    uint64_t until = SCHED_NEVER;
    uint64_t last_rank = rank(first, SCHED_NEVER);
    bool others = false;
    bool rival = false;

    for (size_t i = 0; i < core->entity_count; i++) {
        const struct sched_entity *other = core->entities[i];
        uint64_t overtaken;

        if (!other->ready || other == first)
            continue;
        others = true;
        if ((other->left_ns != 0 || other->deadline_ns <= first->deadline_ns) &&
            server_beats(other, rank(other, other->deadline_ns), first, last_rank))
            rival = true;
        overtaken = server_overtakes(other, first, rank);
        if (overtaken < until)
            until = overtaken;
    }
    if (others) {
        uint64_t end = server_ends(first, rival, now_ns);

        if (end < until)
            until = end;
    }
    return until;
}

struct sched_decision server_schedule(struct sched_core *core, uint64_t now_ns, server_rank *rank)
{
    struct sched_decision decision = {NULL, SCHED_NEVER};

    server_charge(core, now_ns);
    decision.entity = server_first(core, now_ns, rank);
    if (decision.entity == NULL)
        decision.entity = turns_decide(core, now_ns).entity;
    if (decision.entity != NULL)
        decision.until_ns = server_until(core, decision.entity, now_ns, rank);
    core->running = decision.entity;
    return decision;
}
