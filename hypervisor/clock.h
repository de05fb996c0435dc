/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time at EL2: nanoseconds of the physical counter since the machine started counting, and this
 * CPU's own timer, which interrupts nobody but EL2.
 */
#ifndef HYPERVISOR_CLOCK_H
#define HYPERVISOR_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER UINT64_MAX

/** Learns the counter's frequency. Once on each CPU. */
void clock_init(void);

/** A moment, as the counter tells it and in ns, rounded down. */
struct clock_time {
    uint64_t ticks;
    uint64_t ns;
};

/** The time now. */
struct clock_time clock_now(void);
uint64_t clock_ns(void);

/** @duration after @ns: CLOCK_NEVER if that is beyond all time. What a guest asks for may be any
 * of 2^64. */
static inline uint64_t clock_sum(uint64_t ns, uint64_t duration)
{
    uint64_t sum;

    return __builtin_add_overflow(ns, duration, &sum) ? CLOCK_NEVER : sum;
}

/** The time at which the counter will read @ticks, in ns; CLOCK_NEVER if that is beyond all time.
 */
uint64_t clock_ticks_to_ns(uint64_t ticks);

/** Makes this CPU's timer interrupt at @ns, not before. CLOCK_NEVER, or what lies beyond the
 * counter's last value: not at all. @now: a moment ago. */
void clock_arm(uint64_t ns, struct clock_time now);

/** Makes it not interrupt. */
void clock_disarm(void);

#endif
