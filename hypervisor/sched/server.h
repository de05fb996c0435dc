/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers: entities with a budget per period. What the policies have in common; those without
 * budgets use it too.
 *
 * An entity with budget left competes by rank. One that has used it up, or has none, shares what is
 * left over in turns until its budget is full again at deadline_ns. So no rank can starve the rest,
 * and an overrun hurts only itself. All time is accounted for exactly, also over refills that
 * nobody was woken for: calling more often changes nothing.
 */
#ifndef HYPERVISOR_SCHED_SERVER_H
#define HYPERVISOR_SCHED_SERVER_H

#include "policy.h"

/** Functions of struct sched_policy, as far as they are the same. */
void server_init(struct sched_core *core, uint64_t now_ns);
void server_block(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);
void server_yield(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);

/** Charges the running entity, then makes @entity ready. Its budget and deadline stay as they
 * are. */
void server_enqueue(struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);

/** Takes @entity in, with a full budget; @refill_ns: when it is refilled for the first time. Its
 * rank, where that is not the deadline, is the caller's. */
void server_allocate(struct sched_core *core, struct sched_entity *entity, uint64_t refill_ns);

/** Sets @entity's deadline, and with it its rank if that is the same. */
void server_set_deadline(const struct sched_core *core, struct sched_entity *entity,
                         uint64_t deadline_ns);

/** Takes @entity in for a policy that knows no budgets. */
void server_allocate_without_budget(struct sched_core *core, struct sched_entity *entity,
                                    uint64_t now_ns);

/** Makes @entity's budget full, its time having come. Returns how long ago that was. */
uint64_t server_refill(const struct sched_core *core, struct sched_entity *entity, uint64_t now_ns);

/** Charges the running entity what ran since the last charge. */
void server_charge(struct sched_core *core, uint64_t now_ns);

/** The same when a decision is due: not if that was done in this exit already. */
static inline void server_charge_once(struct sched_core *core, uint64_t now_ns)
{
    if (!core->charged) {
        server_charge(core, now_ns);
    }
    core->charged = false;
}

/** Decides by budgets and ranks: a policy's schedule. */
struct sched_decision server_schedule(struct sched_core *core, uint64_t now_ns);

#endif
