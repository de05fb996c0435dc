/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argument sleep: 1, 2 and 3 sleep until the end of time, by HC_DELAY, by the virtual and by the
 * physical timer, and say "far-sleeper: awake" if they wake up. 0 is the neighbour: sleeps for 300
 * s, computes for 20 ms, and says "neighbour: N exits".
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/timer.h"

#define MS  UINT64_C(1000000)
#define END (UINT64_MAX - 1) /* UINT64_MAX itself is HC_FOREVER */

static volatile unsigned ticks;

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    timer_stop(*(const enum timer *)context);
    ticks++;
}

static void sleep_by_timer(enum timer timer)
{
    gic_set_handler(timer_intid(timer), tick, &timer);
    gic_enable(timer_intid(timer));
    timer_set(timer, END);
    while (ticks == 0) {
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
}

static void compute(void)
{
    int64_t before;
    uint64_t end;

    (void)hypercall(HC_DELAY, 300000 * MS, 0, 0);
    before = hypercall(HC_EXIT_COUNT, 0, 0, 0);
    end = timer_now() + timer_from_ns(20 * MS);
    while (timer_now() < end)
        ;
    printf("neighbour: %u exits\n", (unsigned)(hypercall(HC_EXIT_COUNT, 0, 0, 0) - before - 1));
}

int main(void)
{
    switch (machine_argument("sleep", 0)) {
    case 1:
        (void)hypercall(HC_DELAY, END, 0, 0);
        break;
    case 2:
        sleep_by_timer(TIMER_VIRTUAL);
        break;
    case 3:
        sleep_by_timer(TIMER_PHYSICAL);
        break;
    default:
        compute();
        return 0;
    }
    puts("far-sleeper: awake");
    return 0;
}
