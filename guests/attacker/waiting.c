/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by doing nothing: WFI and WFE with interrupts masked, and spinning with them off. On a
 * core of its own that is this VM's own time.
 */
#include "attack.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/timer.h"
#include "kit/fault.h"

#define WAIT_NS UINT64_C(2000000)
#define SPIN_NS UINT64_C(20000000)

static void wait_masked(void)
{
    uint64_t start = timer_now();

    fault_clear();
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, start + timer_from_ns(WAIT_NS));
    cpu_wait_for_interrupt();
    timer_stop(TIMER_VIRTUAL);
    attack_report("wfi-masked", false, "survived, %u faults", (unsigned)fault_get()->count);
}

static void wait_for_event(void)
{
    fault_clear();
    __asm__ volatile("sevl\n\twfe\n\tsev\n\twfe" : : : "memory");
    attack_report("wfe", false, "survived, %u faults", (unsigned)fault_get()->count);
}

static void spin_masked(void)
{
    uint64_t start = timer_now();

    while (timer_now() - start < timer_from_ns(SPIN_NS))
        ;
    attack_report("spin-masked", false, "survived");
}

void attack_waiting(void)
{
    wait_masked();
    wait_for_event();
    spin_masked();
}
