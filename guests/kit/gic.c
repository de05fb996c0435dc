/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all versions of the GIC have in common: registers with a field for each interrupt, and who
 * handles what.
 */
#include "kit/gic.h"

#include "gic_driver.h"
#include "gic_registers.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

struct gic_handling gic_handlings[GIC_INTID_MASK + 1];

static struct gic_driver driver; /* a copy: one load less for each interrupt */

void gic_start(void)
{
    const struct fdt_range *gicd = &machine()->gicd;

    if (machine()->gic_version == 0 || !mmu_map_device(gicd->start, gicd->size)) {
        return;
    }
    driver = machine()->gic_version == 2 ? gic_v2 : gic_v3;
    driver.start();
}

void gic_cpu_start(void)
{
    if (driver.cpu_start != NULL) {
        driver.cpu_start();
    }
}

uint64_t gic_private_registers(void)
{
    return driver.private_registers();
}

static uint64_t registers_of(uint32_t intid)
{
    return intid < GIC_FIRST_SPI ? gic_private_registers() : machine()->gicd.start;
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
    driver.route(intid, mpidr);
}

void gic_enable(uint32_t intid)
{
    driver.claim(intid);
    gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
    mmio_write32(bit_register(GICD_ISENABLER, intid), bit_of(intid));
}

void gic_disable(uint32_t intid)
{
    mmio_write32(bit_register(GICD_ICENABLER, intid), bit_of(intid));
    driver.settle();
}

void gic_set_pending(uint32_t intid)
{
    mmio_write32(bit_register(GICD_ISPENDR, intid), bit_of(intid));
}

void gic_send_sgi(uint32_t sgi, uint64_t mpidr)
{
    driver.send_sgi(sgi, mpidr);
}

void gic_set_handler(uint32_t intid, gic_handler *handler, void *context)
{
    gic_handlings[intid].context = context;
    gic_handlings[intid].handle = handler;
}

bool gic_unhandled(uint32_t intid)
{
    if (intid >= GIC_MAX_INTIDS) {
        return false; /* spurious: withdrawn before it was acknowledged */
    }
    if (intid >= GIC_FIRST_PPI) {
        gic_disable(intid); /* nobody would quiet it; an SGI is over once it is acknowledged */
    }
    return true;
}

void gic_handle_interrupt(void)
{
    driver.handle_interrupt();
}

uint32_t gic_interface_read(enum gic_register name)
{
    return driver.read(name);
}

void gic_interface_write(enum gic_register name, uint32_t value)
{
    driver.write(name, value);
}

void gic_interface_control(bool open, bool split)
{
    driver.control(open, split);
}

void gic_interface_forget(void)
{
    driver.forget();
}
