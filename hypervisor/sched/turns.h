/* SPDX-License-Identifier: Apache-2.0 */
/* Turns: how ready entities share the time that nobody has a guarantee for. First in, first out;
 * a slice each. */
#ifndef HYPERVISOR_SCHED_TURNS_H
#define HYPERVISOR_SCHED_TURNS_H

#include "policy.h"

/** Puts @entity at the end of the queue, with a whole slice. */
void turns_join(struct sched_core *core, struct sched_entity *entity);

/** Charges @ran_ns to @entity's turn. A spent turn ends when another entity wants one, not
 * before. */
void turns_charge(struct sched_entity *entity, int64_t ran_ns);

/** Whose turn it is among the ready ones that own no slot, and when it ends; until_ns is
 * SCHED_NEVER without a rival.
 */
struct sched_decision turns_decide(struct sched_core *core, uint64_t now_ns);

#endif
