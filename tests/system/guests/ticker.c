/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeps for a second and sets its timer, again and again: says "ticker: ticks", or "ticker:
 * SILENT" if the timer's interrupt does not come.
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/timer.h"

#define MS UINT64_C(1000000)

static volatile unsigned ticks;

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    ticks++;
}

int main(void)
{
    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    for (;;) {
        uint64_t start;

        hypercall(HC_DELAY, 1000 * MS, 0, 0);
        ticks = 0;
        start = timer_now();
        timer_set(TIMER_VIRTUAL, start + timer_from_ns(5 * MS));
        cpu_interrupts_enable();
        while (ticks == 0 && timer_now() - start < timer_from_ns(5000 * MS))
            ;
        cpu_interrupts_disable();
        timer_stop(TIMER_VIRTUAL);
        printf("ticker: %s\n", ticks != 0 ? "ticks" : "SILENT");
    }
}
