/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A soft real-time task: at each multiple of its period it wakes up by its timer and computes; that
 * must be done before the next one. What it computes takes one instruction for each nanosecond of
 * `work`, so it is the same amount whoever else runs. Boot arguments, with their defaults:
 *
 *     period=10ms work=2ms cycles=1000
 *
 * Lines of output; tests look for them, so they stay as they are:
 *
 *     periodic: start, N periods of P ns with work of W ns
 *     periodic: missed period N, response R ns                       the first few
 *     periodic: N periods, M misses, worst wake-up W ns, worst response R ns
 *
 * The wake-up is counted from the beginning of the period to the first instruction after the wait,
 * the response to the end of the work. A period that was missed also takes the place of those that
 * it runs into.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/timer.h"

#define PERIOD_DEFAULT_NS UINT64_C(10000000)
#define WORK_DEFAULT_NS   UINT64_C(2000000)
#define CYCLES_DEFAULT    1000U
#define MISSES_SHOWN      5U

/** What was seen, in ticks of the counter. */
struct record {
    uint64_t periods;
    uint64_t misses;
    uint64_t worst_wake;
    uint64_t worst_response;
};

static volatile bool awake;

static void wake(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    awake = true;
}

static void wait_until(uint64_t time)
{
    awake = false;
    timer_set(TIMER_VIRTUAL, time);
    while (!awake) {
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
}

/** Takes about @ns instructions. */
static void work(uint64_t ns)
{
    uint64_t rounds = ns / 2;

    __asm__ volatile("1: subs %0, %0, #1\n\tb.hi 1b" : "+r"(rounds) : : "cc");
}

/** The time behind "NAME=" in the boot arguments, with its unit; @otherwise if it is not there. */
static uint64_t argument_ns(const char *name, uint64_t otherwise)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } units[] = {
        {"ns", 1},
        {"us", 1000},
        {"ms", 1000000},
        {"s", 1000000000},
    };
    uint64_t number = machine_argument(name, UINT64_MAX);
    const char *text = strstr(machine()->bootargs, name);

    if (number == UINT64_MAX || text == NULL) {
        return otherwise;
    }
    text += strlen(name) + 1;
    text += strspn(text, "0123456789");
    for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strncmp(text, units[i].text, strlen(units[i].text)) == 0) {
            return number * units[i].ns;
        }
    }
    return number;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/** One period that begins at @begin. Returns when the next one begins. */
static uint64_t run_period(struct record *record, uint64_t begin, uint64_t period, uint64_t work_ns)
{
    uint64_t woken;
    uint64_t done;

    wait_until(begin);
    woken = timer_now();
    work(work_ns);
    done = timer_now();
    record->periods++;
    record->worst_wake = later(record->worst_wake, woken - begin);
    record->worst_response = later(record->worst_response, done - begin);
    if (done - begin <= period) {
        return begin + period;
    }
    record->misses++;
    if (record->misses <= MISSES_SHOWN) {
        printf("periodic: missed period %" PRIu64 ", response %" PRIu64 " ns\n", record->periods,
               timer_to_ns(done - begin));
    }
    return begin + (timer_now() - begin) / period * period + period;
}

int main(void)
{
    uint64_t period_ns = argument_ns("period", PERIOD_DEFAULT_NS);
    uint64_t work_ns = argument_ns("work", WORK_DEFAULT_NS);
    uint64_t cycles = machine_argument("cycles", CYCLES_DEFAULT);
    uint64_t period = timer_from_ns(period_ns);
    struct record record = {0};
    uint64_t begin;

    gic_set_handler(timer_intid(TIMER_VIRTUAL), wake, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    printf("periodic: start, %" PRIu64 " periods of %" PRIu64 " ns with work of %" PRIu64 " ns\n",
           cycles, period_ns, work_ns);
    begin = (timer_now() / period + 2) * period;
    for (uint64_t i = 0; i < cycles; i++) {
        begin = run_period(&record, begin, period, work_ns);
    }
    printf("periodic: %" PRIu64 " periods, %" PRIu64 " misses, worst wake-up %" PRIu64
           " ns, worst response %" PRIu64 " ns\n",
           record.periods, record.misses, timer_to_ns(record.worst_wake),
           timer_to_ns(record.worst_response));
    return 0;
}
