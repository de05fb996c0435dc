/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour that others try to disturb: works at 1 kHz for ever, keeps its free memory filled with a pattern and
 * checks it piece by piece. A line every 250 cycles, stable for tests:
 *
 *     victim: cycles N work 0xW memory sound exits E
 *
 * W is what N steps of work() lead to, E the vCPU's exits since the first cycle, without those for asking.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/image.h"
#include "kit/machine.h"
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

/** Free memory: behind the image, up to the device tree or the end. */
static struct {
    volatile uint64_t *start;
    uint64_t words;
    uint64_t next; /* to be checked */
} memory;

static uint64_t pattern(uint64_t index)
{
    return index * UINT64_C(0x9e3779b97f4a7c15);
}

static void memory_fill(void)
{
    const struct fdt_range *ram = &machine()->memory[0];
    uint64_t start = (uint64_t)image_end;
    uint64_t end = ram->start + ram->size;
    uint64_t tree = (uint64_t)machine()->fdt.bytes;

    if (tree > start && tree < end)
        end = tree;
    memory.start = (volatile uint64_t *)start;
    memory.words = (end - start) / sizeof(uint64_t);
    for (uint64_t i = 0; i < memory.words; i++)
        memory.start[i] = pattern(i);
}

static void memory_check(void)
{
    for (unsigned i = 0; i < WORDS_CYCLE; i++) {
        if (memory.start[memory.next] != pattern(memory.next))
            memory_state = "CHANGED";
        memory.next = memory.next + 1 == memory.words ? 0 : memory.next + 1;
    }
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

    memory_fill();
    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    printf("victim: start, %" PRIu64 " words of memory\n", memory.words);
    exits_before = hypercall_exit_count();
    MARK_LOOP();
    deadline = timer_now() + timer_from_ns(PERIOD_NS);
    timer_set(TIMER_VIRTUAL, deadline);
    for (;;) {
        uint64_t seen;

        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
        memory_check();
        if (cycles < report)
            continue;
        seen = cycles;
        asked++;
        printf("victim: cycles %" PRIu64 " work 0x%" PRIx64 " memory %s exits %" PRIu64 "\n", seen, result,
               memory_state, hypercall_exit_count() - exits_before - asked);
        report = seen + CYCLES_REPORT;
    }
}
