/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interrupt every 10 ms, 10,000 times, and how long each takes to reach this guest's handler.
 * The same program runs by itself on bare QEMU, under Nagaya and under Xen.
 *
 * The device is a PL061 (Arm DDI 0190B): its level-sensitive interrupt is raised by the store that
 * lets it through, so the guest knows the instruction at which it came. Moment 0 is just before
 * that store, moment 1 the handler's beginning: where the clock means nothing, the plugin counts
 * what is executed between them.
 *
 * Boot arguments: `events=N` for fewer; `key=1` and `delay=N`: see delay.h. `timer=1`: in place of
 * the device, the guest's timer, for which it sleeps. On a shared core the path is that of a
 * device's interrupt for a VM that does not run, and nothing on QEMU's board raises one by itself.
 *
 * It sleeps in between. The time between two varies, by a fixed sequence: see variation.h.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "delay.h"
#include "section.h"
#include "series.h"
#include "variation.h"

#define SHORTEST_NS  9000000U
#define VARIATION_NS 2000000U

/* With all pins inputs at rest and low levels looked for, each pin asks for an interrupt, which
 * GPIOIE lets through (3.2). */
#define GPIODIR 0x400U
#define GPIOIS  0x404U
#define GPIOIEV 0x40cU
#define GPIOIE  0x410U
#define PIN     1U

static struct series latencies;
static uint64_t device;
static uint64_t since; /* when the interrupt was raised */
static volatile uint32_t timer_events;
static volatile uint32_t device_events;
static bool by_timer;

static void timer_expired(uint32_t intid, void *context)
{
    uint64_t now = timer_now();

    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    if (by_timer) {
        series_add(&latencies, now - since);
    }
    timer_events++;
}

static void device_raised(uint32_t intid, void *context)
{
    MOMENT(1);
    uint64_t now = timer_now();

    (void)intid;
    (void)context;
    mmio_write32(device + GPIOIE, 0);
    series_add(&latencies, now - since);
    device_events++;
}

static void raise_device(void)
{
    uint32_t before = device_events;

    MOMENT(0);
    since = timer_now();
    mmio_write32(device + GPIOIE, PIN);
    while (device_events == before) {
    }
}

static void sleep_until(uint64_t deadline)
{
    uint32_t before = timer_events;

    timer_set(TIMER_VIRTUAL, deadline);
    while (timer_events == before) {
        cpu_interrupts_disable();
        if (timer_events == before) {
            cpu_wait_for_interrupt();
        }
        cpu_interrupts_enable();
    }
}

static bool device_start(void)
{
    const struct fdt *tree = &machine()->fdt;
    int node = fdt_compatible(tree, FDT_NONE, "arm,pl061");
    struct fdt_range registers;
    struct fdt_interrupt interrupt;

    if (node == FDT_NONE || !fdt_reg(tree, node, 0, &registers) ||
        !fdt_interrupt(tree, node, 0, &interrupt) ||
        !mmu_map_device(registers.start, registers.size)) {
        return false;
    }
    device = registers.start;
    mmio_write32(device + GPIOIE, 0);
    mmio_write32(device + GPIODIR, 0);
    mmio_write32(device + GPIOIS, PIN);
    mmio_write32(device + GPIOIEV, 0);
    gic_set_handler(interrupt.intid, device_raised, NULL);
    gic_enable(interrupt.intid);
    return true;
}

int main(void)
{
    uint64_t events = machine_argument("events", SERIES_MAX);
    uint64_t variation = VARIATION_START;

    by_timer = machine_argument("timer", 0) != 0;
    if (!by_timer && !device_start()) {
        puts("interrupts: no PL061 in the device tree");
        return 1;
    }
    delay_start();
    gic_set_handler(timer_intid(TIMER_VIRTUAL), timer_expired, NULL);
    puts("interrupts: ready");
    cpu_interrupts_enable();
    for (uint64_t i = 0; i < events; i++) {
        since = timer_now() + timer_from_ns(SHORTEST_NS + variation_next(&variation, VARIATION_NS));
        sleep_until(since);
        if (!by_timer) {
            raise_device();
        }
    }
    series_print(&latencies, "interrupts");
    psci_system_off();
}
