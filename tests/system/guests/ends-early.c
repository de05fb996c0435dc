/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often a level-sensitive interrupt is taken that was raised once, by the order in which it is
 * ended and its source is quieted. It is taken without an exception: interrupts stay masked in
 * PSTATE, as in a handler.
 *
 *     ends-early: SOURCE, ORDER: taken N times in 10 rounds
 *     ends-early: SOURCE, asserted: pending N, quiet: pending N     GICD_ISPENDR between the two,
 * while it is active
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/fdt.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/timer.h"

#define ROUNDS       10U
#define GICD_ISPENDR 0x200U

/* PL031 (Arm DDI 0224C, 3.2) */
#define RTC_DR   0x00U
#define RTC_MR   0x04U
#define RTC_IMSC 0x10U
#define RTC_ICR  0x1cU

enum order { END_FIRST, QUIET_FIRST, IN_TWO_STEPS };

struct source {
    const char *name;
    uint32_t intid;
    void (*raise)(void);
    void (*quiet)(void);
};

static uint64_t rtc;

static void timer_raise(void)
{
    timer_set(TIMER_VIRTUAL, 0);
}

static void timer_quiet(void)
{
    timer_set(TIMER_VIRTUAL, UINT64_MAX);
}

static void rtc_raise(void)
{
    mmio_write32(rtc + RTC_IMSC, 1);
    mmio_write32(rtc + RTC_MR, mmio_read32(rtc + RTC_DR));
}

static void rtc_quiet(void)
{
    mmio_write32(rtc + RTC_ICR, 1);
}

static uint32_t take(void)
{
    return gic_interface_read(GIC_IAR);
}

static void end(uint32_t intid)
{
    gic_interface_write(GIC_EOIR, intid);
}

static void quiet(const struct source *source)
{
    source->quiet();
    __asm__ volatile("dsb sy; isb" : : : "memory");
}

static void handle(const struct source *source, enum order order)
{
    if (order == QUIET_FIRST) {
        quiet(source);
    }
    end(source->intid);
    if (order != QUIET_FIRST) {
        quiet(source);
    }
    if (order == IN_TWO_STEPS) {
        gic_interface_write(GIC_DIR, source->intid);
    }
}

static void count(const struct source *source, enum order order, const char *text)
{
    unsigned taken = 0;

    gic_interface_control(true, order == IN_TWO_STEPS);
    for (unsigned round = 0; round < ROUNDS; round++) {
        source->raise();
        while (take() != source->intid)
            ;
        do {
            handle(source, order);
            taken++;
        } while (take() == source->intid);
    }
    printf("ends-early: %s, %s: taken %u times in %u rounds\n", source->name, text, taken, ROUNDS);
}

static unsigned is_pending(uint32_t intid)
{
    uint64_t registers = intid < 32 ? gic_private_registers() : machine()->gicd.start;

    return mmio_read32(registers + GICD_ISPENDR + intid / 32 * 4) >> intid % 32 & 1;
}

static void look(const struct source *source)
{
    gic_interface_control(true, false);
    source->raise();
    while (take() != source->intid)
        ;
    unsigned asserted = is_pending(source->intid);
    quiet(source);
    printf("ends-early: %s, asserted: pending %u, quiet: pending %u\n", source->name, asserted,
           is_pending(source->intid));
    end(source->intid);
}

int main(void)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "arm,pl031");
    struct fdt_range registers;
    struct fdt_interrupt interrupt;

    if (!fdt_reg(fdt, node, 0, &registers) || !fdt_interrupt(fdt, node, 0, &interrupt)) {
        return 1;
    }
    rtc = registers.start;
    mmu_map_device(rtc, registers.size);

    const struct source sources[] = {
        {"timer", timer_intid(TIMER_VIRTUAL), timer_raise, timer_quiet},
        {"rtc", interrupt.intid, rtc_raise, rtc_quiet},
    };
    for (unsigned i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        sources[i].quiet();
        gic_enable(sources[i].intid);
        look(&sources[i]);
        count(&sources[i], END_FIRST, "ended first");
        count(&sources[i], QUIET_FIRST, "quieted first");
        count(&sources[i], IN_TWO_STEPS, "ended in two steps");
        gic_disable(sources[i].intid);
    }
    return 0;
}
