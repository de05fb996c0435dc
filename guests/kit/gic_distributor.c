/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory-mapped half of a GICv3: distributor and redistributors (Arm IHI 0069H, 12.9, 12.11). SGIs and PPIs are
 * set in this CPU's redistributor, SPIs in the distributor, by registers of the same layout.
 */
#include "gic_registers.h"

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define WAIT_LIMIT 1000000U

static uint64_t redistributors[MACHINE_MAX_CPUS];

uint64_t gic_redistributor(void)
{
    return redistributors[cpu_index()];
}

/** Waits until the distributor's last write has had its effect; bounded, an emulation may not show it. */
static void wait_for_writes(void)
{
    for (unsigned i = 0; i < WAIT_LIMIT && (mmio_read32(machine()->gicd.start + GICD_CTLR) & GICD_CTLR_RWP) != 0; i++)
        ;
}

void gic_start(void)
{
    const struct fdt_range *gicd = &machine()->gicd;

    if (gicd->size == 0 || !mmu_map_device(gicd->start, gicd->size))
        return;
    for (size_t i = 0; i < machine()->gicr_count; i++)
        (void)mmu_map_device(machine()->gicr[i].start, machine()->gicr[i].size);
    mmio_write32(gicd->start + GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GROUP1);
    wait_for_writes();
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

        if (type >> 32 == affinity_packed(mpidr))
            return frame;
        if ((type & GICR_TYPER_LAST) != 0)
            break;
        if (machine()->gicr_stride != 0)
            frame += machine()->gicr_stride;
        else
            frame += (type & GICR_TYPER_VLPIS) != 0 ? 2 * GICR_SIZE : GICR_SIZE;
    }
    return 0;
}

static void redistributor_wake(uint64_t base)
{
    mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~GICR_WAKER_PROCESSOR_SLEEP);
    for (unsigned i = 0; i < WAIT_LIMIT && (mmio_read32(base + GICR_WAKER) & GICR_WAKER_CHILDREN_ASLEEP) != 0; i++)
        ;
}

void gic_cpu_start(void)
{
    uint64_t base = 0;

    for (size_t i = 0; i < machine()->gicr_count && base == 0; i++)
        base = region_find(&machine()->gicr[i], cpu_mpidr());
    redistributors[cpu_index()] = base;
    if (base != 0) {
        redistributor_wake(base);
        gic_interface_start();
    }
}

/** Where the registers for @intid are: the distributor's, or those of the same offset in this CPU's SGI_base. */
static uint64_t registers_of(uint32_t intid)
{
    return intid < GIC_FIRST_SPI ? gic_redistributor() + GICR_SGI_BASE : machine()->gicd.start;
}

/** The register with one bit per interrupt at @offset that holds @intid. */
static uint64_t bit_register(uint32_t offset, uint32_t intid)
{
    return registers_of(intid) + offset + intid / 32 * 4;
}

static uint32_t bit_of(uint32_t intid)
{
    return 1U << intid % 32;
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
    mmio_write8(registers_of(intid) + GICD_IPRIORITYR + intid, priority);
}

void gic_set_edge(uint32_t intid, bool edge)
{
    uint64_t address = registers_of(intid) + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = 2U << intid % 16 * 2;
    uint32_t value = mmio_read32(address);

    mmio_write32(address, edge ? value | bit : value & ~bit);
}

void gic_route(uint32_t intid, uint64_t mpidr)
{
    mmio_write64(machine()->gicd.start + GICD_IROUTER + (uint64_t)intid * 8, mpidr);
}

void gic_enable(uint32_t intid)
{
    uint64_t group = bit_register(GICD_IGROUPR, intid);

    mmio_write32(group, mmio_read32(group) | bit_of(intid));
    gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
    if (intid >= GIC_FIRST_SPI)
        gic_route(intid, cpu_mpidr());
    mmio_write32(bit_register(GICD_ISENABLER, intid), bit_of(intid));
}

void gic_disable(uint32_t intid)
{
    mmio_write32(bit_register(GICD_ICENABLER, intid), bit_of(intid));
    wait_for_writes();
}

void gic_set_pending(uint32_t intid)
{
    mmio_write32(bit_register(GICD_ISPENDR, intid), bit_of(intid));
}
