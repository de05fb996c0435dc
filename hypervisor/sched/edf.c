/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Earliest deadline first, each entity a constant bandwidth server (Abeni, Buttazzo 1998): a budget
 * per period with a deadline at the period's end. A used-up budget comes back at the deadline, not
 * at once with a later one: an entity that ran alone for a while must not owe that time when others
 * come (hard reservations; Abeni, Lipari, Buttazzo 1999).
 */
#include "server.h"

static void edf_init(struct sched_core *core, uint64_t now_ns)
{
    server_init(core, now_ns);
    core->ranked_by_deadline = true;
}

/* What is left may be used until the old deadline only if that is no more than the entity's
 * share of that time. */
static void edf_enqueue(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    uint64_t period = entity->parameters.period_ns;
    uint64_t budget = entity->parameters.budget_ns;

    server_enqueue(core, entity, now_ns);
    if (budget == 0) {
        return;
    }
    if (now_ns >= entity->deadline_ns ||
        (unsigned __int128)entity->left_ns * period >
            (unsigned __int128)(entity->deadline_ns - now_ns) * budget) {
        server_set_deadline(core, entity, now_ns + period);
        entity->left_ns = budget;
    }
}

SCHED_POLICY(edf) = {
    .init = edf_init,
    .allocate = server_allocate,
    .enqueue = edf_enqueue,
    .block = server_block,
    .yield = server_yield,
    .schedule = server_schedule,
};
