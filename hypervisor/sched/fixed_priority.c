/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixed priority, preemptive, each entity a deferrable server (Strosnider, Lehoczky, Sha 1995): its budget is full
 * again at every multiple of its period since the core's start, whether it was used or not. An entity without a budget
 * has no priority either: it is best effort, so a high priority can never starve the rest.
 */
#include "server.h"

static uint64_t fixed_priority_rank(const struct sched_entity *entity, uint64_t deadline_ns)
{
    (void)deadline_ns;
    return UINT32_MAX - entity->parameters.priority;
}

static void fixed_priority_allocate(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns)
{
    server_allocate(core, entity, now_ns + entity->parameters.period_ns);
}

static struct sched_decision fixed_priority_schedule(struct sched_core *core, uint64_t now_ns)
{
    return server_schedule(core, now_ns, fixed_priority_rank);
}

SCHED_POLICY(fixed_priority) = {
    .name = "fixed-priority",
    .init = server_init,
    .allocate = fixed_priority_allocate,
    .enqueue = server_enqueue,
    .block = server_block,
    .yield = server_yield,
    .schedule = fixed_priority_schedule,
};
