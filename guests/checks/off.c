/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that switches itself off at once, while its other cores, if it has any, spin with
 * interrupts masked. Prints "off: start" first.
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"

static volatile unsigned spinning;

static void spin(void *context)
{
    (void)context;
    spinning++;
    for (;;)
        ;
}

int main(void)
{
    printf("off: start\n");
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        unsigned before = spinning;

        if (i != cpu_index() && cpu_start(i, spin, NULL) == PSCI_SUCCESS) {
            while (spinning == before)
                ;
        }
    }
    return 0; /* the kit ends the machine by PSCI SYSTEM_OFF */
}
