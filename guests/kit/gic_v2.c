/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GICv2 (Arm IHI 0048B): all of it is memory-mapped, SGIs and PPIs are in the distributor's first
 * registers, which are each CPU's own, and CPUs are told apart by their interfaces, of which there
 * are eight at most.
 */
#include "gic_driver.h"
#include "gic_registers.h"
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define PRIORITY_MASK_NONE 0xffU
#define INTERFACES         8U

static volatile uint8_t interfaces[MACHINE_MAX_CPUS]; /* a bit, by CPU */

static const uint32_t offsets[] = {
    [GIC_PMR] = GICC_PMR, [GIC_BPR] = GICC_BPR,     [GIC_IAR] = GICC_IAR, [GIC_EOIR] = GICC_EOIR,
    [GIC_RPR] = GICC_RPR, [GIC_HPPIR] = GICC_HPPIR, [GIC_DIR] = GICC_DIR,
};

uint8_t gic_cpu_interfaces(unsigned index)
{
    return interfaces[index];
}

static void start(void)
{
    (void)mmu_map_device(machine()->gicc.start, machine()->gicc.size);
    mmio_write32(machine()->gicd.start + GICD_CTLR, GICD_CTLR_ENABLE);
}

static void settle(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

static uint64_t private_registers(void)
{
    return machine()->gicd.start;
}

/** This CPU's interface, which is the target of its own interrupts (4.3.12); it is not told to a
 * CPU that is alone. */
static uint8_t own_interface(void)
{
    for (uint32_t offset = 0; offset < GIC_FIRST_SPI; offset += 4) {
        uint32_t targets = mmio_read32(machine()->gicd.start + GICD_ITARGETSR + offset);

        targets |= targets >> 16;
        targets |= targets >> 8;
        if ((targets & 0xff) != 0) {
            return (uint8_t)targets;
        }
    }
    return 1;
}

/**
 * The interface of the CPU with these affinity fields. One that has not been started has not told
 * it: where there is one cluster, it has the number that it has there.
 */
static uint8_t interface_of(uint64_t mpidr)
{
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        if (machine()->cpus[i] == mpidr && interfaces[i] != 0) {
            return interfaces[i];
        }
    }
    return (uint8_t)(1U << (mpidr & (INTERFACES - 1)));
}

static void route(uint32_t intid, uint64_t mpidr)
{
    mmio_write8(machine()->gicd.start + GICD_ITARGETSR + intid, interface_of(mpidr));
}

static void claim(uint32_t intid)
{
    if (intid >= GIC_FIRST_SPI) {
        route(intid, cpu_mpidr());
    }
}

static void send_sgi(uint32_t sgi, uint64_t mpidr)
{
    uint32_t targets = interface_of(mpidr);

    __asm__ volatile("dsb ishst" : : : "memory"); /* the receiver sees what was written before */
    mmio_write32(machine()->gicd.start + GICD_SGIR, targets << GICD_SGIR_TARGETS_SHIFT | sgi);
}

static uint32_t read(enum gic_register name)
{
    uint32_t value;

    __asm__ volatile("dsb sy" : : : "memory");
    value = mmio_read32(machine()->gicc.start + offsets[name]);
    __asm__ volatile("dsb sy" : : : "memory");
    return value;
}

static void write(enum gic_register name, uint32_t value)
{
    __asm__ volatile("dsb sy" : : : "memory");
    mmio_write32(machine()->gicc.start + offsets[name], value);
    __asm__ volatile("dsb sy" : : : "memory");
}

static void control(bool open, bool split)
{
    uint32_t value = (open ? GICC_CTLR_ENABLE : 0) | (split ? GICC_CTLR_EOIMODE : 0);

    mmio_write32(machine()->gicc.start + GICC_CTLR, value);
    __asm__ volatile("dsb sy" : : : "memory");
}

static void forget(void)
{
    for (uint32_t offset = GICC_APR; offset < GICC_APR_END; offset += 4) {
        mmio_write32(machine()->gicc.start + offset, 0);
    }
    settle();
}

static void interface_start(void)
{
    interfaces[cpu_index()] = own_interface();
    write(GIC_PMR, PRIORITY_MASK_NONE);
    write(GIC_BPR, 0);
    control(true, false);
}

static void handle_interrupt(void)
{
    uint64_t gicc = machine()->gicc.start;
    uint32_t acknowledged = mmio_read32(gicc + GICC_IAR);

    /* What an SGI's sender wrote before is read after this. */
    __asm__ volatile("dmb ish" : : : "memory");
    if (gic_call_handler(acknowledged)) {
        mmio_write32(gicc + GICC_EOIR, acknowledged);
    }
}

const struct gic_driver gic_v2 = {
    .start = start,
    .settle = settle,
    .private_registers = private_registers,
    .claim = claim,
    .route = route,
    .send_sgi = send_sgi,
    .cpu_start = interface_start,
    .handle_interrupt = handle_interrupt,
    .read = read,
    .write = write,
    .control = control,
    .forget = forget,
};
