/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What interrupts cost a VM on two cores: the exits of its vCPUs while so many came, of its timer,
 * of a device, of a message to a GICv2m frame, and of SGIs to itself and to the other core.
 *
 *     delivery: WHAT: N came, exits A here, B there
 *     delivery: WHAT: not on this machine
 *     delivery: done
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/fdt.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/timer.h"

#define COUNT   100U
#define SGI     3U
#define SOON_NS UINT64_C(100000)

/* PL031 (Arm DDI 0224C, 3.2) */
#define RTC_DR   0x00U
#define RTC_MR   0x04U
#define RTC_IMSC 0x10U
#define RTC_ICR  0x1cU

/* GICv2m (Arm Server Base System Architecture, appendix E): the first of its SPIs, and where it is
 * told which to raise.
 */
#define MSI_TYPER       0x008U
#define MSI_SETSPI_NS   0x040U
#define MSI_TYPER_FIRST 16U
#define MSI_TYPER_MASK  0x3ffU

static uint64_t rtc;
static uint64_t frame;
static uint32_t message;
static volatile unsigned came; /* at whichever core */
static volatile bool ask;      /* the other core how many exits it has had, */
static volatile bool told;     /* which it tells */
static volatile uint64_t exits_there;

static void on_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    came++;
}

static void on_device(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    mmio_write32(rtc + RTC_ICR, 1);
    came++;
}

static void on_other(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    came++;
}

static void raise_timer(void)
{
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(SOON_NS));
}

static void raise_device(void)
{
    mmio_write32(rtc + RTC_MR, mmio_read32(rtc + RTC_DR));
}

static void raise_message(void)
{
    mmio_write32(frame + MSI_SETSPI_NS, message);
}

static void send_here(void)
{
    gic_send_sgi(SGI, machine()->cpus[0]);
}

static void send_there(void)
{
    gic_send_sgi(SGI, machine()->cpus[1]);
}

static void answer(void *context)
{
    (void)context;
    gic_enable(SGI);
    cpu_interrupts_enable();
    exits_there = hypercall_exit_count();
    for (told = true;; told = true) {
        while (!ask)
            ;
        exits_there = hypercall_exit_count();
        ask = false;
        while (told)
            ;
    }
}

/** The other core's exits up to now. */
static uint64_t count_there(void)
{
    told = false;
    ask = true;
    while (!told)
        ;
    return exits_there;
}

static void count(const char *what, void (*raise)(void))
{
    uint64_t there = count_there();
    uint64_t here = hypercall_exit_count();

    came = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        raise();
        while (came <= i)
            ;
    }
    here = hypercall_exit_count() - here - 1;
    there = count_there() - there - 1;
    printf("delivery: %s: %u came, exits %" PRIu64 " here, %" PRIu64 " there\n", what, came, here,
           there);
}

/** Finds a device, and lets its interrupt or, of a frame, its first one here. */
static uint64_t find(const char *compatible, gic_handler *handler)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, compatible);
    struct fdt_interrupt interrupt = {0, true};
    struct fdt_range registers;

    if (node == FDT_NONE || !fdt_reg(fdt, node, 0, &registers) ||
        !mmu_map_device(registers.start, registers.size)) {
        return 0;
    }
    if (!fdt_interrupt(fdt, node, 0, &interrupt)) {
        interrupt.intid =
            mmio_read32(registers.start + MSI_TYPER) >> MSI_TYPER_FIRST & MSI_TYPER_MASK;
        message = interrupt.intid;
    }
    gic_set_edge(interrupt.intid, interrupt.edge);
    gic_set_handler(interrupt.intid, handler, NULL);
    gic_enable(interrupt.intid);
    return registers.start;
}

int main(void)
{
    rtc = find("arm,pl031", on_device);
    frame = find("arm,gic-v2m-frame", on_other);
    gic_set_handler(timer_intid(TIMER_VIRTUAL), on_timer, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    gic_set_handler(SGI, on_other, NULL);
    gic_enable(SGI);
    if (!hypercall_present() || cpu_start(1, answer, NULL) != 0) {
        return 1;
    }
    cpu_interrupts_enable();
    while (!told)
        ;
    count("timer", raise_timer);
    if (rtc != 0) {
        mmio_write32(rtc + RTC_IMSC, 1);
        count("device", raise_device);
    }
    if (frame != 0) {
        count("message", raise_message);
    } else {
        printf("delivery: message: not on this machine\n");
    }
    count("SGI to itself", send_here);
    count("SGI to the other core", send_there);
    printf("delivery: done\n");
    return 0;
}
