/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets others get going first: a guest that measures beside a Linux under load has to wait until there is a load.
 */
#ifndef BENCH_DELAY_H
#define BENCH_DELAY_H

#include <stdint.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/timer.h"

/** Sleeps for as many seconds as the boot argument `delay=` says, by default 0. Interrupts are masked, the virtual
 * timer is stopped and let through afterwards. */
static inline void delay_start(void)
{
    uint64_t end = timer_now() + machine_argument("delay", 0) * timer_frequency();

    cpu_interrupts_disable();
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, end);
    while (timer_now() < end)
        cpu_wait_for_interrupt();
    timer_stop(TIMER_VIRTUAL);
}

#endif
