/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stops and restarts that do not come to an end: a vCPU with direct interrupts that sleeps with its
 * own interface closed can't be woken (docs/decisions/0005-how-a-core-is-taken-back.md). Nobody
 * waits for it, but it is told.
 */
#ifndef HYPERVISOR_LATE_H
#define HYPERVISOR_LATE_H

#include "plan_access.h"

/** When @vm was asked to stop or to restart, by the counter, if it has still to do so; else 0. */
uint64_t late_asked(const struct plan_vm *vm);

/** Logs that @vm has not done yet what it was asked for at @asked. */
void late_tell(const struct plan_vm *vm, uint64_t asked);

#endif
