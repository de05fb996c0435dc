/* SPDX-License-Identifier: Apache-2.0 */
/* Which server runs, and when that ends. One pass over the core's entities; a second one if a
 * refill may change it. */
#include "server.h"
#include "turns.h"

/* The ready entities of a core, at one moment. */
struct ready {
    size_t count;
    struct sched_entity *first; /* of those with budget left: the one that comes first */
    struct sched_entity *turn;  /* of those without: the one whose turn it is */
    uint64_t refill_ns;         /* when the first of those has some again */
};

static inline struct ready server_look(struct sched_core *core, uint64_t now_ns)
{
    struct ready ready = {0, NULL, NULL, SCHED_NEVER};
    uint64_t first_rank = SCHED_NEVER;
    uint64_t first_turn = SCHED_NEVER;

    for (size_t i = 0; i < core->entity_count; i++) { /* bound: CORE_VCPUS */
        struct sched_entity *entity = core->entities[i];

        uint64_t left = entity->left_ns;
        uint64_t deadline = entity->deadline_ns;

        if (!entity->ready) {
            continue;
        }
        ready.count++;
        if (now_ns >= deadline) {
            server_refill(core, entity, now_ns);
            left = entity->left_ns;
            deadline = entity->deadline_ns;
        }
        if (left != 0) {
            if (entity->rank < first_rank) {
                first_rank = entity->rank;
                ready.first = entity;
            }
            continue;
        }
        if (deadline < ready.refill_ns) {
            ready.refill_ns = deadline;
        }
        if (entity->turn < first_turn) {
            first_turn = entity->turn;
            ready.turn = entity;
        }
    }
    return ready;
}

/* Is there another ready entity with budget left, or that has some before @first's own refill? */
static bool server_rivalled(const struct sched_core *core, const struct sched_entity *first)
{
    for (size_t i = 0; i < core->entity_count; i++) { /* bound: CORE_VCPUS */
        const struct sched_entity *other = core->entities[i];

        if (other->ready && other != first &&
            (other->left_ns != 0 || other->deadline_ns < first->deadline_ns)) {
            return true;
        }
    }
    return false;
}

/* When @first has used up what it runs on, if nobody else becomes ready and nobody's refill
 * changes anything. Its own moves it back among those ranked by deadline, if there are others. */
static inline uint64_t server_ends(const struct sched_core *core, const struct sched_entity *first,
                                   uint64_t now_ns)
{
    uint64_t budget = first->parameters.budget_ns;
    uint64_t end = now_ns + (first->left_ns != 0 ? first->left_ns : first->slice_left_ns);

    if (end < first->deadline_ns) {
        return end;
    }
    if (core->ranked_by_deadline && server_rivalled(core, first)) {
        return first->deadline_ns;
    }
    return budget < first->parameters.period_ns ? first->deadline_ns + budget : SCHED_NEVER;
}

/* When another's refill makes it run instead of @first, @until_ns if that is not before. */
static uint64_t server_overtaken(const struct sched_core *core, const struct sched_entity *first,
                                 uint64_t until_ns)
{
    for (size_t i = 0; i < core->entity_count; i++) { /* bound: CORE_VCPUS */
        const struct sched_entity *other = core->entities[i];
        uint64_t refill = other->deadline_ns;
        bool moved = core->ranked_by_deadline;
        uint64_t rank = moved ? refill + other->parameters.period_ns : other->rank;
        bool own_first = refill >= first->deadline_ns; /* the refill of @first itself */

        if (!other->ready || other == first || other->left_ns != 0 || refill >= until_ns) {
            continue;
        }
        if ((first->left_ns == 0 && !own_first) || (moved && own_first) || rank < first->rank ||
            (rank == first->rank && other->index < first->index)) {
            until_ns = refill;
        }
    }
    return until_ns;
}

/* Alone, an entity runs until another wants to. */
struct sched_decision server_schedule(struct sched_core *core, uint64_t now_ns)
{
    struct sched_decision decision = {NULL, SCHED_NEVER};
    struct ready ready;

    server_charge_once(core, now_ns);
    ready = server_look(core, now_ns);
    decision.entity = ready.first != NULL ? ready.first : ready.turn;
    if (ready.count > 1 && ready.first == NULL && ready.turn != NULL &&
        ready.turn->slice_left_ns == 0) {
        decision.entity = turns_decide(core, now_ns).entity;
    }
    if (ready.count > 1 && decision.entity != NULL) {
        decision.until_ns = server_ends(core, decision.entity, now_ns);
        if (ready.refill_ns < decision.until_ns) {
            decision.until_ns = server_overtaken(core, decision.entity, decision.until_ns);
        }
    }
    core->running = decision.entity;
    return decision;
}
