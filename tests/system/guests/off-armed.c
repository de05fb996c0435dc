/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns its second core off with the core's timer armed, and on again; then that core's timer must
 * work as before: says "off-armed: ticks" or "off-armed: SILENT" each time. At last it leaves the
 * core off for a neighbour (ticker.c).
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define MS     UINT64_C(1000000)
#define ROUNDS 3

static volatile unsigned ticks;

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    ticks++;
}

static void arm(void)
{
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(5 * MS));
}

static void leave_armed(void *context)
{
    (void)context;
    arm();
}

static void wait_for_tick(void *context)
{
    uint64_t start = timer_now();

    (void)context;
    arm();
    cpu_interrupts_enable();
    while (ticks == 0 && timer_now() - start < timer_from_ns(5000 * MS))
        ;
    cpu_interrupts_disable();
    timer_stop(TIMER_VIRTUAL);
}

static void run_on_second_core(void (*function)(void *))
{
    cpu_start(1, function, NULL);
    while (psci_call(PSCI_AFFINITY_INFO, machine()->cpus[1], 0, 0) != PSCI_AFFINITY_OFF)
        ;
}

int main(void)
{
    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start;

        run_on_second_core(leave_armed);
        start = timer_now();
        while (timer_now() - start < timer_from_ns(50 * MS)) /* the timer expires meanwhile */
            ;
        ticks = 0;
        run_on_second_core(wait_for_tick);
        printf("off-armed: %s\n", ticks != 0 ? "ticks" : "SILENT");
    }
    run_on_second_core(leave_armed);
    printf("off-armed: done\n");
    for (;;) {
        cpu_wait_for_interrupt();
    }
}
