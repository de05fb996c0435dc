/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argument flood: 0 computes, and says "busy: a second" each second; 1 sends SGIs without end to
 * its second core, which is off; 2 the same while that waits for a word that nobody writes.
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/timer.h"

#define SECOND UINT64_C(1000000000)

static volatile uint32_t never;

static void wait_for_ever(void *context)
{
    (void)context;
    for (;;) {
        (void)hypercall(HC_EVENT_WAIT, (uint64_t)(uintptr_t)&never, SECOND, 0);
    }
}

static void compute(void)
{
    for (;;) {
        uint64_t end = timer_now() + timer_from_ns(SECOND);

        while (timer_now() < end)
            ;
        printf("busy: a second\n");
    }
}

int main(void)
{
    uint64_t flood = machine_argument("flood", 0);

    if (flood == 0) {
        compute();
    }
    if (flood == 2) {
        (void)cpu_start(1, wait_for_ever, NULL);
    }
    printf("flood: begins\n");
    for (;;) {
        gic_send_sgi(1, machine()->cpus[1]);
    }
}
