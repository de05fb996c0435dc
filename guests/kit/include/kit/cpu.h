/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU this code runs on, its interrupt mask, and how the others are started.
 */
#ifndef KIT_CPU_H
#define KIT_CPU_H

#include <stdbool.h>
#include <stdint.h>

/** What a CPU runs; when it returns, the CPU goes off by PSCI CPU_OFF. */
typedef void cpu_function(void *context);

/** Affinity fields of this CPU's MPIDR. */
uint64_t cpu_mpidr(void);

/** Position of this CPU in machine()->cpus. */
unsigned cpu_index(void);

/**
 * Starts CPU @index (a position in machine()->cpus) in @function, with MMU, vectors, stack,
 * interrupts masked and its CPU interface to the GIC ready.
 *
 * Returns   PSCI's answer: 0, or a negative PSCI error (kit/psci.h).
 */
int64_t cpu_start(unsigned index, cpu_function *function, void *context);

/** Lets interrupts in. */
void cpu_interrupts_enable(void);

/** Masks interrupts. */
void cpu_interrupts_disable(void);

/**
 * Sleeps until an interrupt is pending. With interrupts masked it returns without having taken it,
 * so that "is there work? if not, wait" has no race:
 *
 *     cpu_interrupts_disable();
 *     while (!work) { cpu_wait_for_interrupt(); cpu_interrupts_enable(); cpu_interrupts_disable();
 * }
 */
void cpu_wait_for_interrupt(void);

#endif
