/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A timer's interrupt each millisecond, by absolute deadlines, 5,001 times, and the time between
 * each two as the handler sees it: 5,000 periods. The same program runs by itself on bare QEMU,
 * under Nagaya and under Xen.
 *
 * It computes while it waits: when all CPUs sleep, QEMU moves its clock on from another thread, now
 * and then a few instructions too early. Moment 0 is a round of that, moment 1 the handler's
 * beginning: between the last of the former and the latter, the plugin counts what the interrupt
 * had to go through.
 *
 * Boot arguments: `sleep=1` sleeps in place of computing, for a core that is shared. `steps=1` is
 * for the plugin where a CPU is a thread of a busy host and may be late by many ticks: each has a
 * moment 0 before it then, and no deadline is missed, as each is set a period from the tick before.
 * `ticks=N` for fewer; `key=1` and `delay=N`: see delay.h.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "delay.h"
#include "section.h"
#include "series.h"

#define TICKS     5001U
#define PERIOD_NS 1000000U

static struct series periods;
static uint64_t deadline;
static uint64_t period;
static bool by_steps;
static uint64_t last;
static volatile uint32_t ticks;

static void tick(uint32_t intid, void *context)
{
    MOMENT(1);
    uint64_t now = timer_now();

    (void)intid;
    (void)context;
    if (by_steps) {
        timer_stop(TIMER_VIRTUAL);
    } else {
        deadline += period;
        timer_set(TIMER_VIRTUAL, deadline);
    }
    if (ticks != 0) {
        series_add(&periods, now - last);
    }
    last = now;
    ticks++;
}

static void compute_until(uint32_t count)
{
    while (ticks < count) {
        MOMENT(0);
    }
}

/** Sets the timer anew after each tick; between the two, and from then on, there is a moment 0. */
static void step_until(uint32_t count)
{
    while (ticks < count) {
        uint32_t before = ticks;
        uint64_t next = timer_now() + period;

        MOMENT(0);
        timer_set(TIMER_VIRTUAL, next);
        compute_until(before + 1);
    }
}

static void sleep_until(uint32_t count)
{
    while (ticks < count) {
        cpu_interrupts_disable();
        if (ticks < count) {
            cpu_wait_for_interrupt();
        }
        cpu_interrupts_enable();
    }
}

int main(void)
{
    uint32_t count = (uint32_t)machine_argument("ticks", TICKS);

    by_steps = machine_argument("steps", 0) != 0;
    period = timer_from_ns(PERIOD_NS);
    delay_start();
    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    puts("ticks: ready");
    cpu_interrupts_enable();
    if (by_steps) {
        step_until(count);
    } else {
        deadline = timer_now() + period;
        timer_set(TIMER_VIRTUAL, deadline);
        if (machine_argument("sleep", 0) != 0) {
            sleep_until(count);
        } else {
            compute_until(count);
        }
        timer_stop(TIMER_VIRTUAL);
    }
    series_print(&periods, "ticks");
    psci_system_off();
}
