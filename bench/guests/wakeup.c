/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeps by WFI on a core that it shares with bench/guests/busy.c, until its timer wakes it and, if
 * it has a real-time clock (PL031, Arm DDI 0224), the clock's alarm, once: an interrupt of a device
 * whose VM does not run. It tells how long after the timer's deadline its handler ran, and puts
 * section 2 in force with its first instruction: the path there belongs to the section of who was
 * interrupted. The boot argument `events=N` asks for fewer wake-ups.
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "latencies.h"
#include "section.h"
#include "variation.h"

#define EVENTS       1500U
#define SHORTEST_NS  20000U
#define VARIATION_NS 300000U

#define RTCDR   0x00U
#define RTCMR   0x04U
#define RTCIMSC 0x10U
#define RTCICR  0x1cU

static struct latencies latencies = LATENCIES_NONE;
static uint64_t deadline;
static uint64_t alarm_clock; /* registers of the PL031 */
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

static void alarm_rang(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    mmio_write32(alarm_clock + RTCICR, 1);
    taken++;
}

static void sleep_while(uint64_t number)
{
    while (taken <= number) {
        cpu_interrupts_disable();
        if (taken <= number) {
            cpu_wait_for_interrupt();
            SECTION_BEGIN(2);
        }
        cpu_interrupts_enable();
    }
}

static void measure_timer(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);
    uint64_t variation = VARIATION_START;

    gic_set_handler(intid, timer_expired, NULL);
    gic_enable(intid);
    taken = 0;
    for (uint64_t number = 0, events = machine_argument("events", EVENTS); number < events;
         number++) {
        deadline =
            timer_now() + timer_from_ns(SHORTEST_NS + variation_next(&variation, VARIATION_NS));
        timer_set(TIMER_VIRTUAL, deadline);
        sleep_while(number);
    }
    latencies_print(&latencies, "wakeup");
}

static void measure_alarm(uint32_t intid)
{
    gic_set_handler(intid, alarm_rang, NULL);
    gic_enable(intid);
    mmio_write32(alarm_clock + RTCICR, 1);
    mmio_write32(alarm_clock + RTCIMSC, 1);
    mmio_write32(alarm_clock + RTCMR, mmio_read32(alarm_clock + RTCDR) + 1);
    sleep_while(0);
    puts("wakeup: the alarm rang");
}

int main(void)
{
    const struct fdt *tree = &machine()->fdt;
    int node = fdt_compatible(tree, FDT_NONE, "arm,pl031");
    struct fdt_range registers;
    struct fdt_interrupt interrupt;

    SECTION_BEGIN(2);
    if (node != FDT_NONE && fdt_reg(tree, node, 0, &registers) &&
        fdt_interrupt(tree, node, 0, &interrupt) &&
        mmu_map_device(registers.start, registers.size)) {
        alarm_clock = registers.start;
        measure_alarm(interrupt.intid);
    }
    measure_timer();
    psci_system_off();
}
