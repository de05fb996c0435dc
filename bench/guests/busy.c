/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour that never waits: it computes for three seconds, or for as many as the boot
 * argument `seconds=` says. Section 1 is in force when it runs, so what the plugin counts there is
 * what takes the core from it.
 */
#include <stdint.h>

#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "section.h"

#define INSTRUCTIONS 250U /* a round's */
#define SECONDS      3U

static void compute(void)
{
    for (unsigned i = 0; i < INSTRUCTIONS / 3; i++) {
        __asm__ volatile("" : : "r"(i));
    }
}

int main(void)
{
    uint64_t end = timer_now() + machine_argument("seconds", SECONDS) * timer_frequency();

    while (timer_now() < end) {
        SECTION_BEGIN(1);
        compute();
    }
    psci_system_off();
}
