/* SPDX-License-Identifier: Apache-2.0 */
/* See devices.h. */
#include "devices.h"

#include <stddef.h>

#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/timer.h"

/* PL031 (Arm DDI 0224C, 3.3): the alarm's level rises when the time is that of the match
 * register. */
#define RTCDR   0x00U
#define RTCMR   0x04U
#define RTCIMSC 0x10U
#define RTCICR  0x1cU

#define MAX_LEVEL 3U
#define MAX_EDGE  8U

static uint64_t rtc;
static uint32_t levels[MAX_LEVEL];
static uint32_t edges[MAX_EDGE];
static unsigned level_count;
static unsigned edge_count;

/** The interrupts of all devices that are @compatible. */
static void add(const char *compatible)
{
    const struct fdt *fdt = &machine()->fdt;
    struct fdt_interrupt interrupt;

    for (int node = fdt_compatible(fdt, FDT_NONE, compatible); node != FDT_NONE;
         node = fdt_compatible(fdt, node, compatible)) {
        if (!fdt_interrupt(fdt, node, 0, &interrupt)) {
            continue;
        }
        if (interrupt.edge && edge_count < MAX_EDGE) {
            edges[edge_count++] = interrupt.intid;
        } else if (!interrupt.edge && level_count < MAX_LEVEL) {
            levels[level_count++] = interrupt.intid;
        }
    }
}

void devices_start(void)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "arm,pl031");
    struct fdt_range registers;

    if (node != FDT_NONE && fdt_reg(fdt, node, 0, &registers) &&
        mmu_map_device(registers.start, registers.size)) {
        rtc = registers.start;
    }
    add("arm,pl031");
    add("arm,pl061");
    add("arm,pl011");
    add("virtio,mmio");
}

unsigned devices_level_count(void)
{
    return level_count;
}

uint32_t devices_level(unsigned index)
{
    return levels[index];
}

unsigned devices_edge_count(void)
{
    return edge_count;
}

uint32_t devices_edge(unsigned index)
{
    return edges[index];
}

bool devices_can_raise(void)
{
    return rtc != 0;
}

void devices_raise(void)
{
    mmio_write32(rtc + RTCMR, mmio_read32(rtc + RTCDR));
    mmio_write32(rtc + RTCIMSC, 1);
}

void devices_lower(void)
{
    mmio_write32(rtc + RTCIMSC, 0);
    mmio_write32(rtc + RTCICR, 1);
}

void devices_quiet(void)
{
    if (devices_can_raise()) {
        devices_lower();
    }
    timer_stop(TIMER_VIRTUAL);
    timer_stop(TIMER_PHYSICAL);
}
