/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets: charging them and making them full again. */
#include "server.h"
#include "turns.h"

void server_init(struct sched_core *core, uint64_t now_ns)
{
    core->running = NULL;
    core->since_ns = now_ns;
    core->next_turn = 0;
}

void server_allocate(struct sched_core *core, struct sched_entity *entity, uint64_t refill_ns)
{
    entity->left_ns = entity->parameters.budget_ns;
    server_set_deadline(core, entity, entity->left_ns != 0 ? refill_ns : SCHED_NEVER);
    core->entities[core->entity_count++] = entity;
}

void server_allocate_without_budget(struct sched_core *core, struct sched_entity *entity,
                                    uint64_t now_ns)
{
    entity->parameters.budget_ns = 0;
    server_allocate(core, entity, now_ns);
}

void server_set_deadline(const struct sched_core *core, struct sched_entity *entity,
                         uint64_t deadline_ns)
{
    entity->deadline_ns = deadline_ns;
    if (core->ranked_by_deadline) {
        entity->rank = deadline_ns;
    }
}

uint64_t server_refill(const struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    uint64_t period = entity->parameters.period_ns;
    uint64_t passed = now_ns - entity->deadline_ns;

    /* Divided only after it was left alone for more than a period. */
    if (passed >= period) {
        passed %= period;
    }
    entity->left_ns = entity->parameters.budget_ns;
    server_set_deadline(core, entity, now_ns - passed + period);
    return passed;
}

/* Time runs on the budget first, then on the turn that begins when the budget ends; a refill
 * starts over. */
void server_charge(struct sched_core *core, uint64_t now_ns)
{
    struct sched_entity *entity = core->running;
    /* two looks at the clock may come in either order */
    int64_t ran = (int64_t)(now_ns - core->since_ns);

    core->since_ns = now_ns;
    core->charged = true;
    if (entity == NULL) {
        return;
    }
    if (now_ns >= entity->deadline_ns) {
        int64_t since_refill = (int64_t)server_refill(core, entity, now_ns);

        if (since_refill < ran) {
            ran = since_refill;
        }
    }
    if (ran < (int64_t)entity->left_ns) {
        entity->left_ns -= (uint64_t)ran;
        return;
    }
    if (entity->left_ns != 0) {
        ran -= (int64_t)entity->left_ns;
        entity->left_ns = 0;
        *entity->overruns += entity->ready ? 1 : 0;
        turns_join(core, entity);
    }
    turns_charge(entity, ran);
}

void server_enqueue(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_charge(core, now_ns);
    entity->ready = true;
    if (entity->left_ns == 0) {
        turns_join(core, entity); /* one with budget joins when that is used up */
    }
}

void server_block(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    (void)core;
    (void)now_ns;
    entity->ready = false; /* schedule, which follows, charges it */
}

/* Who yields has done what it had to do in this period. */
void server_yield(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_charge(core, now_ns);
    entity->left_ns = 0;
    turns_join(core, entity);
}
