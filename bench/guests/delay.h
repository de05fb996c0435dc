/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets others get going first: a guest that measures beside a Linux under load has to wait until
 * there is a load.
 */
#ifndef BENCH_DELAY_H
#define BENCH_DELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/timer.h"
#include "kit/uart.h"

/** The timer's handler meanwhile. @context: a bool that says whether the delay is over. */
static void delay_end(uint32_t intid, void *context)
{
    volatile bool *over = context;

    (void)intid;
    timer_stop(TIMER_VIRTUAL);
    *over = true;
}

/** Waits for a byte on the console, if the boot argument `key=1` says so; then sleeps for as many
 * seconds as `delay=` says, by default 0. The virtual timer is let through afterwards, stopped
 * and without a handler; interrupts are masked. */
static inline void delay_start(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);
    uint64_t seconds = machine_argument("delay", 0);
    volatile bool over = false;

    while (machine_argument("key", 0) != 0 && uart_read() < 0) {
    }
    gic_set_handler(intid, delay_end, (void *)&over);
    gic_enable(intid);
    timer_set(TIMER_VIRTUAL, timer_now() + seconds * timer_frequency());
    while (!over) { /* its interrupt is taken, so none is left pending */
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
    gic_set_handler(intid, NULL, NULL);
}

#endif
