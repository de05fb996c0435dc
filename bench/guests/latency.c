/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long after its deadline a timer interrupt reaches this guest's handler. It runs by itself on
 * bare QEMU, at EL1, and under Nagaya; the difference is what the hypervisor adds.
 *
 * The time between two deadlines varies, or it could lock phase with whatever else is periodic and
 * hide the worst case; by a fixed sequence, so that each run sees the same. The CPU computes while
 * it waits: when all CPUs sleep, QEMU moves its clock on from another thread, which now and then
 * comes a few instructions too early (seen with 10.0.2).
 */
#include <stdint.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "latencies.h"
#include "variation.h"

#define EVENTS       20000U
#define SHORTEST_NS  10000U
#define VARIATION_NS 20000U

static struct latencies latencies = LATENCIES_NONE;
static uint64_t deadline;
static volatile uint64_t taken;

static void timer_expired(uint32_t intid, void *context)
{
    uint64_t late = timer_now() - deadline;

    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    latencies_add(&latencies, late);
    taken++;
}

int main(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);
    uint64_t variation = VARIATION_START;

    gic_set_handler(intid, timer_expired, NULL);
    gic_enable(intid);
    cpu_interrupts_enable();
    for (uint64_t number = 0; number < EVENTS; number++) {
        deadline =
            timer_now() + timer_from_ns(SHORTEST_NS + variation_next(&variation, VARIATION_NS));
        timer_set(TIMER_VIRTUAL, deadline);
        while (taken <= number) {
        }
    }
    latencies_print(&latencies, "latency");
    psci_system_off();
}
