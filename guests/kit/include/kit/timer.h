/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The architecture's generic timer (Arm DDI 0487, D12): its counter, and this CPU's timers with
 * absolute deadlines. Use the virtual timer unless there is a reason not to: it is there with and
 * without a hypervisor.
 */
#ifndef KIT_TIMER_H
#define KIT_TIMER_H

#include <stdint.h>

enum timer {
    TIMER_VIRTUAL,
    TIMER_PHYSICAL,
};

/** Ticks per second. */
uint64_t timer_frequency(void);

/** The virtual counter, read in program order. */
uint64_t timer_now(void);

/** @ticks in nanoseconds, rounded down; right for spans of up to 100 years. */
uint64_t timer_to_ns(uint64_t ticks);

/** Nanoseconds in ticks, rounded down; for spans below ten seconds or so at 1 GHz. */
uint64_t timer_from_ns(uint64_t ns);

/** INTID of this timer's interrupt. */
uint32_t timer_intid(enum timer timer);

/** Raises the interrupt when the timer's counter reaches @deadline; the level drops with a later
 * deadline or stop. */
void timer_set(enum timer timer, uint64_t deadline);

/** Switches the timer off. */
void timer_stop(enum timer timer);

#endif
