/* SPDX-License-Identifier: Apache-2.0 */
/* Strict order, as an example of a policy: of the vCPUs that are ready, the one that the system
 * names first runs. */
#include "../../../hypervisor/sched/policy.h"

static void strict_order_init(struct sched_core *core, uint64_t now_ns)
{
    (void)core; /* it is all zero */
    (void)now_ns;
}

static void strict_order_allocate(struct sched_core *core, struct sched_entity *entity,
                                  uint64_t now_ns)
{
    (void)now_ns;
    core->entities[core->entity_count++] = entity;
}

static void strict_order_enqueue(struct sched_core *core, struct sched_entity *entity,
                                 uint64_t now_ns)
{
    (void)core;
    (void)now_ns;
    entity->ready = true;
}

static void strict_order_block(struct sched_core *core, struct sched_entity *entity,
                               uint64_t now_ns)
{
    (void)core;
    (void)now_ns;
    entity->ready = false;
}

static void strict_order_yield(struct sched_core *core, struct sched_entity *entity,
                               uint64_t now_ns)
{
    (void)core; /* nobody has turns here */
    (void)entity;
    (void)now_ns;
}

static struct sched_decision strict_order_schedule(struct sched_core *core, uint64_t now_ns)
{
    (void)now_ns;
    core->running = NULL;
    /* bound: CORE_VCPUS */
    for (size_t i = 0; i < core->entity_count && core->running == NULL; i++) {
        if (core->entities[i]->ready) {
            core->running = core->entities[i];
        }
    }
    return (struct sched_decision){core->running, SCHED_NEVER};
}

SCHED_POLICY(strict_order) = {
    .init = strict_order_init,
    .allocate = strict_order_allocate,
    .enqueue = strict_order_enqueue,
    .block = strict_order_block,
    .yield = strict_order_yield,
    .schedule = strict_order_schedule,
};
