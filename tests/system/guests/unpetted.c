/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts all its cores and sleeps on each of them for ever; with the boot argument spins=1 computes
 * there. Never pets its watchdog.
 */
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"

static _Noreturn void stay(void *context)
{
    bool spins = machine_argument("spins", 0) != 0;

    (void)context;
    for (;;) {
        if (!spins) {
            cpu_wait_for_interrupt();
        }
    }
}

int main(void)
{
    for (unsigned i = 1; i < machine()->cpu_count; i++) {
        (void)cpu_start(i, stay, NULL);
    }
    stay(NULL);
}
