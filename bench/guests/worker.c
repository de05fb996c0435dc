/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of many on a core (bench/systems/decisions-*.yaml): for half a second it computes, yields,
 * waits for its timer and asks for delays, in an order and for times that differ from VM to VM, so
 * that the policy of the core has to decide in as many situations as can be.
 */
#include <stddef.h>
#include <stdint.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "variation.h"

#define DURATION_NS  500000000U
#define VARIATION_NS 300000U

static void timer_expired(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
}

static void compute(uint64_t ns)
{
    uint64_t end = timer_now() + timer_from_ns(ns);

    while (timer_now() < end) {
    }
}

static void sleep(uint64_t ns)
{
    cpu_interrupts_disable();
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(ns));
    cpu_wait_for_interrupt();
    cpu_interrupts_enable();
}

int main(void)
{
    uint64_t variation = VARIATION_START + hypercall_info()->vm;
    uint64_t end = timer_now() + timer_from_ns(DURATION_NS);

    gic_set_handler(timer_intid(TIMER_VIRTUAL), timer_expired, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    cpu_interrupts_enable();
    while (timer_now() < end) {
        uint64_t what = variation_next(&variation, 4);
        uint64_t ns = 1 + variation_next(&variation, VARIATION_NS);

        switch (what) {
        case 0:
            compute(ns);
            break;
        case 1:
            sleep(ns);
            break;
        case 2:
            hypercall(HC_DELAY, ns, 0, 0);
            break;
        default:
            hypercall(HC_YIELD, 0, 0, 0);
            break;
        }
    }
    psci_system_off();
}
