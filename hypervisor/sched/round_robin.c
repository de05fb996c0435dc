/* SPDX-License-Identifier: Apache-2.0 */
/* Round robin: the next one when one waits, yields or has had its slice. Nobody has a guarantee
 * beyond its turn. An entity that owns its core has every turn, and nothing ever has to be
 * decided. */
#include "server.h"
#include "turns.h"

static struct sched_decision round_robin_schedule(struct sched_core *core, uint64_t now_ns)
{
    struct sched_decision decision;

    server_charge_once(core, now_ns);
    decision = turns_decide(core, now_ns);
    core->running = decision.entity;
    return decision;
}

SCHED_POLICY(round_robin) = {
    .init = server_init,
    .allocate = server_allocate_without_budget,
    .enqueue = server_enqueue,
    .block = server_block,
    .yield = server_yield,
    .schedule = round_robin_schedule,
};

extern const struct sched_policy sched_dedicated __attribute__((alias("sched_round_robin"), used));
