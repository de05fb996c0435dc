/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that floods itself: all SGIs, both timers set to the past, and WFI that never waits, for
 * ever. Prints "storm: start" first.
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/timer.h"

#define SGIS 16U

static void again(uint32_t intid, void *context)
{
    (void)context;
    if (intid < SGIS) {
        gic_send_sgi(intid, cpu_mpidr());
    } else {
        timer_set(intid == timer_intid(TIMER_VIRTUAL) ? TIMER_VIRTUAL : TIMER_PHYSICAL,
                  timer_now());
    }
}

static void start(uint32_t intid)
{
    gic_set_handler(intid, again, NULL);
    gic_enable(intid);
    again(intid, NULL);
}

int main(void)
{
    printf("storm: start\n");
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        start(sgi);
    }
    start(timer_intid(TIMER_VIRTUAL));
    start(timer_intid(TIMER_PHYSICAL));
    for (;;) {
        cpu_interrupts_enable();
        cpu_wait_for_interrupt();
        cpu_interrupts_disable();
    }
}
