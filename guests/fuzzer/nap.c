/* SPDX-License-Identifier: Apache-2.0 */
/* See nap.h. */
#include "nap.h"

#include <stddef.h>

#include "guest.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "page.h"
#include "steps.h"

#define PET_NS     UINT64_C(300000000) /* below the watchdog's period */
#define NEARLY_END (UINT64_MAX - 1)
#define MARGIN_NS  UINT64_C(1000000000) /* what passes until the call is made, and more */

static uint64_t nap_seconds;

static void count(void *context)
{
    uint64_t end = timer_now() + nap_seconds * timer_frequency();

    (void)context;
    gic_enable(timer_intid(TIMER_VIRTUAL));
    while (timer_now() < end) {
        step_note(FUZZ_NAP, timer_now(), end);
        (void)hypercall(HC_PET, 0, 0, 0);
        timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(PET_NS));
        cpu_wait_for_interrupt();
    }
    psci_system_reset();
}

_Noreturn void nap(uint64_t seconds)
{
    nap_seconds = seconds;
    (void)cpu_start(1, count, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, NEARLY_END);
    for (;;) {
        uint64_t left = NEARLY_END - timer_to_ns(timer_now());

        step_note(FUZZ_NAP, 0, 0);
        (void)hypercall(HC_DELAY, left - MARGIN_NS, 0, 0);
        cpu_wait_for_interrupt();
    }
}
