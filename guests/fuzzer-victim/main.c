/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The victim of the fuzzer: works in periods beside it and looks at each end whether anything is
 * not as it should be (check.h). Boot arguments, with their defaults:
 *
 *     direct=0        1: its interrupts are direct
 *
 * Lines, stable for tests:
 *
 *     victim: start, 2 ms a period
 *     victim: FAILED, WHAT 0xWHICH is 0xVALUE, should be 0xVALUE
 *     victim: periods N worst W exits E rings R
 *     victim: fuzzer life L phase P steps N.KIND.TARGET.VALUE ...
 *
 * W: ticks from the moment it is to be woken to its first instruction, E: exits in a period beyond
 * what it has caused by itself (those of the quietest period too), both the worst since the last
 * such line; R: how often the fuzzer has rung. The last line tells what the fuzzer does, a word for
 * each vCPU in hexadecimal numbers (fuzzer/page.h).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "../fuzzer/page.h"
#include "check.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/timer.h"

#define PERIOD_NS      UINT64_C(2000000)
#define PERIODS_REPORT 50U

static volatile uint64_t woken; /* when the timer's interrupt was taken */
static volatile uint64_t rings;
static const volatile struct fuzz_page *page;

/** The worst since the last report. */
static uint64_t worst_wakeup;
static uint64_t worst_exits;

/** Exits of each period at least: on a shared core the registers that it compares are traps. */
static uint64_t least_exits = UINT64_MAX;

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    woken = timer_now();
    timer_stop(TIMER_VIRTUAL);
}

static void rung(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    rings++;
}

/** Sleeps until @deadline; how often it went to sleep. */
static uint64_t sleep_until(uint64_t deadline)
{
    uint64_t sleeps = 0;

    woken = 0;
    timer_set(TIMER_VIRTUAL, deadline);
    while (woken == 0) {
        sleeps++;
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
    return sleeps;
}

static void report(uint64_t period)
{
    printf("victim: periods %" PRIu64 " worst %" PRIu64 " exits %" PRIu64 " rings %" PRIu64 "\n",
           period, worst_wakeup, worst_exits, rings);
    worst_wakeup = 0;
    worst_exits = 0;
    printf("victim: fuzzer life %" PRIu32 " phase %" PRIu32 " steps", page->life, page->phase);
    for (unsigned i = 0; i < FUZZ_MAX_VCPUS; i++) {
        printf(" %" PRIx32 ".%" PRIx32 ".%" PRIx64 ".%" PRIx64, page->steps[i].number,
               page->steps[i].kind, page->steps[i].target, page->steps[i].value);
    }
    printf("\n");
}

/** One period; what it took beyond its own. */
static void run_period(uint64_t period, bool direct)
{
    uint64_t before = hypercall_exit_count();
    uint64_t rings_before = rings;
    uint64_t deadline = timer_now() + timer_from_ns(PERIOD_NS);
    uint64_t own = 1 + check_period(period);

    if (timer_now() < deadline) {
        uint64_t sleeps = sleep_until(deadline);

        own += direct ? 0 : 1 + sleeps; /* the timer's interrupt */
        if (woken - deadline > worst_wakeup) {
            worst_wakeup = woken - deadline;
        }
    }
    uint64_t exits = hypercall_exit_count() - before;

    own += rings - rings_before;
    exits = exits > own ? exits - own : 0;
    if (exits < least_exits) {
        least_exits = exits;
    }
    if (exits - least_exits > worst_exits) {
        worst_exits = exits - least_exits;
    }
}

int main(void)
{
    const struct info_channel *channel = channel_open(FUZZ_CHANNEL);
    bool direct = machine_argument("direct", 0) != 0;

    if (channel == NULL) {
        printf("victim: FAILED, no channel " FUZZ_CHANNEL "\n");
        return 1;
    }
    page = (const volatile struct fuzz_page *)channel->memory;
    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    gic_set_handler(channel->interrupt, rung, NULL);
    gic_enable(channel->interrupt);
    check_start(direct);
    printf("victim: start, 2 ms a period\n");
    for (uint64_t period = 1;; period++) {
        run_period(period, direct);
        if (period % PERIODS_REPORT == 0) {
            report(period);
        }
    }
}
