/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour that others try to disturb: works at 1 kHz for ever, keeps its free memory filled
 * with a pattern and checks it piece by piece. A line every 250 cycles, stable for tests:
 *
 *     victim: cycles N work 0xW memory sound exits E
 *
 * W is what N steps of work() lead to, E the vCPU's exits since the first cycle, without those for
 * asking.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "filled.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/timer.h"

#define PERIOD_NS     UINT64_C(1000000)
#define CYCLES_REPORT 250U
#define WORDS_CYCLE   4096U /* checked in each cycle */

/* Section 1 of bench/plugin/el2count.c: instructions at EL2 from here on are counted for it. */
#define MARK_LOOP() __asm__ volatile("hint #97")

static volatile uint64_t cycles;
static uint64_t result;
static uint64_t deadline;
static const char *memory_state = "sound";

/** One step of the victim's work; tests compute it too (Knuth, MMIX). */
static uint64_t work(uint64_t value)
{
    return value * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
}

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    result = work(result);
    cycles++;
    deadline += timer_from_ns(PERIOD_NS);
    timer_set(TIMER_VIRTUAL, deadline);
}

int main(void)
{
    uint64_t report = CYCLES_REPORT;
    uint64_t exits_before;
    uint64_t asked = 0;
    uint64_t words = filled_start();
    struct filled_word wrong;

    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    printf("victim: start, %" PRIu64 " words of memory\n", words);
    exits_before = hypercall_exit_count();
    MARK_LOOP();
    deadline = timer_now() + timer_from_ns(PERIOD_NS);
    timer_set(TIMER_VIRTUAL, deadline);
    for (;;) {
        uint64_t seen;

        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
        if (!filled_check(WORDS_CYCLE, &wrong)) {
            memory_state = "CHANGED";
        }
        if (cycles < report) {
            continue;
        }
        seen = cycles;
        asked++;
        printf("victim: cycles %" PRIu64 " work 0x%" PRIx64 " memory %s exits %" PRIu64 "\n", seen,
               result, memory_state, hypercall_exit_count() - exits_before - asked);
        report = seen + CYCLES_REPORT;
    }
}
