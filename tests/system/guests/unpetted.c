/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts all its cores; computes for ever on the first one, and sleeps on the others. Never pets its watchdog.
 */
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"

static _Noreturn void sleep_for_ever(void *context)
{
    (void)context;
    for (;;)
        cpu_wait_for_interrupt();
}

int main(void)
{
    for (unsigned i = 1; i < machine()->cpu_count; i++)
        (void)cpu_start(i, sleep_for_ever, NULL);
    for (;;)
        __asm__ volatile("");
}
