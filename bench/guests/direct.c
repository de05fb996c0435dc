/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest with two cores that takes interrupts of every kind a hard-real-time VM has, 10,000 each,
 * and then leads the life of one for ten seconds: a task each millisecond, its device's interrupt
 * and a word to the other core. The plugin counts what of the hypervisor runs meanwhile, and,
 * between moments 0 and 1, all that all CPUs do. What needs the hypervisor (setting up the
 * distributor, starting a core) is done before the section begins.
 *
 * It waits for a byte on its console before it starts, so that Linux can be put under load first.
 * The numbers of the sections are known to bench/counts/measures.py.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/timer.h"
#include "kit/uart.h"

#include "section.h"

#define EVENTS       10000U
#define PERIOD_NS    100000U
#define STEADY_TICKS 10000U
#define STEADY_NS    1000000U

enum {
    SGI_THERE = 1,
    SGI_BACK = 2,
};

/* The PL011's transmit interrupt: raised as long as it is let through and the FIFO has room (DDI
 * 0183G, 3.3.10). */
#define UARTIMSC      0x38U
#define UARTIMSC_TXIM (1U << 5)

static atomic_uint timer_events;
static atomic_uint device_events;
static atomic_uint ipi_there;
static atomic_uint ipi_back;
static atomic_uint helper_ready; /* the section that the second core is in */
static uint64_t helper_exits;

static void count_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    timer_events++;
}

static void count_device(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    mmio_write32(machine()->uart.start + UARTIMSC, 0);
    device_events++;
}

static void count_ipi_there(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    ipi_there++;
}

static void count_ipi(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    ipi_back++;
}

/** Sleeps until @counter has reached @value. */
static void sleep_until(atomic_uint *counter, unsigned value)
{
    cpu_interrupts_disable();
    while (*counter < value) {
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
    cpu_interrupts_enable();
}

static void compute_until(const atomic_uint *counter, unsigned value)
{
    while (*counter < value) {
    }
}

/** Exits of this vCPU so far. The call that asks is counted too. */
static uint64_t exit_count(void)
{
    return hypercall_present() ? hypercall_exit_count() : 0;
}

/** Answers each word from the first core until there were @events. */
static void answer(unsigned *answered, unsigned events)
{
    while (*answered < events) {
        sleep_until(&ipi_there, ++*answered);
        gic_send_sgi(SGI_BACK, machine()->cpus[0]);
    }
}

/** The second core: answers what it is sent, in the section that the first one names. */
static void help(void *context)
{
    unsigned answered = 0;

    (void)context;
    gic_set_handler(SGI_THERE, count_ipi_there, NULL);
    gic_enable(SGI_THERE);
    cpu_interrupts_enable();

    SECTION_BEGIN(3);
    helper_ready = 3;
    answer(&answered, EVENTS / 2);
    SECTION_END();

    uint64_t exits = exit_count();
    SECTION_BEGIN(5);
    helper_ready = 5;
    answer(&answered, EVENTS / 2 + STEADY_TICKS);
    SECTION_END();
    helper_exits = exit_count() - exits - (hypercall_present() ? 1 : 0);
    helper_ready = 6;
}

static void raise_timer(uint64_t ns)
{
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(ns));
}

static void raise_device(void)
{
    mmio_write32(machine()->uart.start + UARTIMSC, UARTIMSC_TXIM);
}

static void measure_timer(void)
{
    SECTION_BEGIN(1);
    for (unsigned i = 1; i <= EVENTS; i++) {
        raise_timer(PERIOD_NS);
        compute_until(&timer_events, i);
    }
    SECTION_END();
    printf("direct: section=1 events=%u\n", timer_events);
}

static void measure_device(void)
{
    SECTION_BEGIN(2);
    for (unsigned i = 1; i <= EVENTS; i++) {
        raise_device();
        compute_until(&device_events, i);
    }
    SECTION_END();
    printf("direct: section=2 events=%u\n", device_events);
}

static void measure_ipi(void)
{
    compute_until(&helper_ready, 3);
    SECTION_BEGIN(3);
    for (unsigned i = 1; i <= EVENTS / 2; i++) {
        gic_send_sgi(SGI_THERE, machine()->cpus[1]);
        sleep_until(&ipi_back, i);
    }
    SECTION_END();
    printf("direct: section=3 events=%u\n", ipi_there + ipi_back);
}

static void measure_wait(void)
{
    timer_events = 0;
    SECTION_BEGIN(4);
    for (unsigned i = 1; i <= EVENTS; i++) {
        raise_timer(PERIOD_NS);
        sleep_until(&timer_events, i);
    }
    SECTION_END();
    printf("direct: section=4 events=%u\n", timer_events);
}

static void measure_steady(void)
{
    compute_until(&helper_ready, 5);
    timer_events = 0;
    device_events = 0;
    ipi_back = 0;

    uint64_t exits = exit_count();
    uint64_t start = timer_now();
    SECTION_BEGIN(5);
    for (unsigned i = 1; i <= STEADY_TICKS; i++) {
        timer_set(TIMER_VIRTUAL, start + i * timer_from_ns(STEADY_NS));
        sleep_until(&timer_events, i);
        raise_device();
        gic_send_sgi(SGI_THERE, machine()->cpus[1]);
        sleep_until(&device_events, i);
        sleep_until(&ipi_back, i);
    }
    SECTION_END();
    uint64_t lasted = timer_now() - start;
    exits = exit_count() - exits - (hypercall_present() ? 1 : 0);
    compute_until(&helper_ready, 6);
    printf("direct: section=5 events=%u ms=%" PRIu64 " exits=%" PRIu64 "\n",
           timer_events + device_events + ipi_back, timer_to_ns(lasted) / 1000000,
           exits + helper_exits);
}

int main(void)
{
    const struct machine *board = machine();

    gic_set_handler(timer_intid(TIMER_VIRTUAL), count_timer, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    gic_set_handler(board->uart_interrupt.intid, count_device, NULL);
    gic_enable(board->uart_interrupt.intid);
    gic_set_handler(SGI_BACK, count_ipi, NULL);
    gic_enable(SGI_BACK);

    int64_t error = cpu_start(1, help, NULL);
    if (error != 0) {
        printf("direct: the second core does not start (PSCI error %" PRId64 ")\n", error);
        return 1;
    }
    puts("direct: ready");
    while (uart_read() < 0) {
    }
    cpu_interrupts_enable();
    MOMENT(0);
    measure_timer();
    measure_device();
    measure_ipi();
    measure_wait();
    measure_steady();
    MOMENT(1);
    puts("direct: done");
    for (;;) {
        cpu_wait_for_interrupt();
    }
}
