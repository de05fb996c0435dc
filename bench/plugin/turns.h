/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU executes a block where CPUs run in turns (icount). Then, if there are several,
 * QEMU 10.0.2 calls back with the CPU for which a block was translated, not the one that executes
 * it: whose turn it is tells TTBR0_EL2, for each CPU has a table of its own. (Its inline operations
 * are wrong there, and spoil the guest.) */
#ifndef BENCH_PLUGIN_TURNS_H
#define BENCH_PLUGIN_TURNS_H

#include <stdbool.h>
#include <stddef.h>

#include <qemu-plugin.h>

/** From now on CPUs run in turns. */
void turns_start(qemu_plugin_id_t id);

/** Whether they do. */
bool turns_on(void);

/** Looks up whose turn it is, which is slow: for callbacks that may read registers. */
void turn_find(void);

/** The number of the CPU that QEMU calls @vcpu; where CPUs run in turns, of the one that
 * turn_find() has found. At most PATHS_CPUS. */
size_t turn_of(unsigned vcpu);

#endif
