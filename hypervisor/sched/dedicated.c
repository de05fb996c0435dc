/* SPDX-License-Identifier: Apache-2.0 */
/* A core with one entity: it runs whenever it is ready, and nothing ever has to be decided. */
#include "server.h"

static struct sched_decision dedicated_schedule(struct sched_core *core, uint64_t now_ns)
{
    struct sched_entity *only = core->entities[0];

    core->since_ns = now_ns;
    core->running = only != NULL && only->ready ? only : NULL;
    return (struct sched_decision){core->running, SCHED_NEVER};
}

SCHED_POLICY(dedicated) = {
    .name = "dedicated",
    .init = server_init,
    .allocate = server_allocate_without_budget,
    .enqueue = server_enqueue,
    .block = server_block,
    .yield = server_yield,
    .schedule = dedicated_schedule,
};
