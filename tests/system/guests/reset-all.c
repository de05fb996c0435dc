/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM of several cores that resets itself for as long as it is let, while its other cores spin
 * with interrupts masked, sleep, or reset it too. Says "reset-all: cores N, CALLERS at once" once
 * all of them run; "reset-all: DIRTY" if memory is not as it was loaded.
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

static volatile unsigned running;
static volatile unsigned callers; /* cores below this number reset the VM */
static volatile unsigned go;

static void other_core(void *context)
{
    (void)context;
    __atomic_fetch_add(&running, 1, __ATOMIC_SEQ_CST);
    __asm__ volatile("msr daifset, #0xf" : : : "memory");
    if (cpu_index() < callers) {
        while (go == 0)
            ;
        psci_system_reset();
    }
    for (;;) {
        if (cpu_index() % 2 == 0) {
            cpu_wait_for_interrupt();
        }
    }
}

int main(void)
{
    unsigned count = (unsigned)machine()->cpu_count;

    if (running != 0 || go != 0) {
        printf("reset-all: DIRTY\n");
    }
    running = 1;
    callers = (unsigned)(timer_now() / 64 % count) + 1;
    for (unsigned i = 1; i < count; i++) {
        if (cpu_start(i, other_core, NULL) != PSCI_SUCCESS) {
            printf("reset-all: core %u does not start\n", i);
        }
    }
    while (running < count)
        ;
    printf("reset-all: cores %u, %u at once\n", running, callers);
    go = 1;
    psci_system_reset();
}
