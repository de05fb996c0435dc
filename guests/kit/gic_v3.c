/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory-mapped half of a GICv3: distributor and redistributors (Arm IHI 0069H, 12.9, 12.11).
 * SGIs and PPIs are set in this CPU's redistributor, SPIs in the distributor, by registers of the
 * same layout.
 */
#include "gic_v3.h"

#include "gic_driver.h"
#include "gic_registers.h"
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define WAIT_LIMIT 1000000U

static uint64_t redistributors[MACHINE_MAX_CPUS];

uint64_t gic_redistributor(void)
{
    return redistributors[cpu_index()];
}

/** Waits until the distributor's last write has had its effect; bounded, an emulation may not
 * show it. */
static void settle(void)
{
    for (unsigned i = 0;
         i < WAIT_LIMIT && (mmio_read32(machine()->gicd.start + GICD_CTLR) & GICD_CTLR_RWP) != 0;
         i++)
        ;
}

static void start(void)
{
    for (size_t i = 0; i < machine()->gicr_count; i++) {
        (void)mmu_map_device(machine()->gicr[i].start, machine()->gicr[i].size);
    }
    mmio_write32(machine()->gicd.start + GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GROUP1);
    settle();
}

/** MPIDR's affinity fields in GICR_TYPER's order: Aff3.Aff2.Aff1.Aff0. */
static uint32_t affinity_packed(uint64_t mpidr)
{
    return (uint32_t)(mpidr >> 32 & 0xff) << 24 | (uint32_t)(mpidr & 0xffffff);
}

/** The RD_base of the redistributor for @mpidr in one region, 0 if it is not there (12.10). */
static uint64_t region_find(const struct fdt_range *region, uint64_t mpidr)
{
    uint64_t frame = region->start;

    while (frame - region->start < region->size) {
        uint64_t type = mmio_read64(frame + GICR_TYPER);

        if (type >> 32 == affinity_packed(mpidr)) {
            return frame;
        }
        if ((type & GICR_TYPER_LAST) != 0) {
            break;
        }
        if (machine()->gicr_stride != 0) {
            frame += machine()->gicr_stride;
        } else {
            frame += (type & GICR_TYPER_VLPIS) != 0 ? 2 * GICR_SIZE : GICR_SIZE;
        }
    }
    return 0;
}

static void redistributor_wake(uint64_t base)
{
    mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~GICR_WAKER_PROCESSOR_SLEEP);
    for (unsigned i = 0;
         i < WAIT_LIMIT && (mmio_read32(base + GICR_WAKER) & GICR_WAKER_CHILDREN_ASLEEP) != 0; i++)
        ;
}

static void redistributor_start(void)
{
    uint64_t base = 0;

    for (size_t i = 0; i < machine()->gicr_count && base == 0; i++) {
        base = region_find(&machine()->gicr[i], cpu_mpidr());
    }
    redistributors[cpu_index()] = base;
    if (base != 0) {
        redistributor_wake(base);
        gic_v3_interface_start();
    }
}

static uint64_t private_registers(void)
{
    return gic_redistributor() + GICR_SGI_BASE;
}

static void route(uint32_t intid, uint64_t mpidr)
{
    mmio_write64(machine()->gicd.start + GICD_IROUTER + (uint64_t)intid * 8, mpidr);
}

static void claim(uint32_t intid)
{
    uint64_t registers = intid < GIC_FIRST_SPI ? private_registers() : machine()->gicd.start;
    uint64_t group = registers + GICD_IGROUPR + intid / 32 * 4;

    mmio_write32(group, mmio_read32(group) | 1U << intid % 32);
    if (intid >= GIC_FIRST_SPI) {
        route(intid, cpu_mpidr());
    }
}

const struct gic_driver gic_v3 = {
    .start = start,
    .settle = settle,
    .private_registers = private_registers,
    .claim = claim,
    .route = route,
    .send_sgi = gic_v3_send_sgi,
    .cpu_start = redistributor_start,
    .handle_interrupt = gic_v3_handle_interrupt,
    .read = gic_v3_interface_read,
    .write = gic_v3_interface_write,
    .control = gic_v3_interface_control,
    .forget = gic_v3_interface_forget,
};
