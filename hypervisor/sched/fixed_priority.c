/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixed priority, preemptive, each entity a deferrable server (Strosnider, Lehoczky, Sha 1995): its
 * budget is full again at every multiple of its period since the core's start, whether it was used
 * or not. An entity without a budget has no priority either: it is best effort, so a high priority
 * can never starve the rest.
 */
#include "server.h"

static void fixed_priority_allocate(struct sched_core *core, struct sched_entity *entity,
                                    uint64_t now_ns)
{
    server_allocate(core, entity, now_ns + entity->parameters.period_ns);
    entity->rank = UINT32_MAX - entity->parameters.priority;
}

SCHED_POLICY(fixed_priority) = {
    .init = server_init,
    .allocate = fixed_priority_allocate,
    .enqueue = server_enqueue,
    .block = server_block,
    .yield = server_yield,
    .schedule = server_schedule,
};
