/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on the interrupts of others through the distributor: for each SPI that is not this VM's,
 * no bit may be seen or set. Then every register of the distributor is written at random places
 * with all ones and all zeros.
 */
#include "../kit/gic_registers.h"
#include "attack.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/fault.h"
#include "kit/probe.h"

#define FIRST_SPI 32U
#define END_SPI   1020U

#define GICD_SETSPI_NSR 0x0040U
#define GICD_CLRSPI_NSR 0x0048U

/** A register of the distributor with a field for each interrupt (IHI 0069H, 12.8; IHI 0048B,
 * 4.3). */
struct field {
    const char *name;
    uint32_t offset;
    uint32_t bits;  /* per interrupt */
    bool must_be_0; /* state of others must not be seen either */
    /* what is written comes back, from memory of this VM's own: others' must not be seen, nor
     * changed */
    bool kept;
};

static const struct field fields[] = {
    {"spi-group", 0x0080, 1, false, false},     {"spi-enable", 0x0100, 1, true, false},
    {"spi-disable", 0x0180, 1, true, false},    {"spi-pend", 0x0200, 1, true, false},
    {"spi-unpend", 0x0280, 1, true, false},     {"spi-activate", 0x0300, 1, true, false},
    {"spi-deactivate", 0x0380, 1, true, false}, {"spi-priority", 0x0400, 8, false, true},
    {"spi-target", 0x0800, 8, true, false},     {"spi-config", 0x0c00, 2, false, false},
    {"spi-modifier", 0x0d00, 1, true, false}, /* of a GICv2: the level of its line */
    {"spi-access", 0x0e00, 2, false, false},
};

static uint64_t gicd(void)
{
    return machine()->gicd.start;
}

/** The bits of register @index of @field that belong to foreign SPIs. */
static uint32_t foreign_bits(const struct field *field, uint32_t index)
{
    uint32_t per_register = 32 / field->bits;
    uint32_t mask = 0;

    for (uint32_t i = 0; i < per_register; i++) {
        uint32_t intid = index * per_register + i;

        if (intid >= FIRST_SPI && intid < END_SPI && !probe_is_own_interrupt(intid)) {
            mask |= (uint32_t)(((UINT64_C(1) << field->bits) - 1) << (i * field->bits));
        }
    }
    return mask;
}

/** Whether each byte of @value may be what a core of this VM has written here, all ones or zeros
 * in as many bits as there are: other VMs' priorities, and those that the hypervisor gives, are
 * others. */
static bool is_own(uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        uint32_t byte = value >> shift & 0xff;

        if (byte != 0 && byte < 0xf0) {
            return false;
        }
    }
    return true;
}

/** Writes the foreign bits of a register with ones and zeros; refused is: nothing was seen or
 * changed. */
static bool field_refused(const struct field *field, uint32_t index)
{
    uint64_t address = gicd() + field->offset + index * 4U;
    uint32_t mask = foreign_bits(field, index);
    uint32_t before = mmio_read32(address) & mask;
    uint32_t after_ones;
    uint32_t after_zeros;

    mmio_write32(address, mask);
    after_ones = mmio_read32(address) & mask;
    mmio_write32(address, 0);
    after_zeros = mmio_read32(address) & mask;
    if (field->kept) {
        return is_own(before) && is_own(after_ones) && is_own(after_zeros);
    }
    return after_ones == before && after_zeros == before && (before == 0 || !field->must_be_0);
}

static void attack_fields(void)
{
    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct field *field = &fields[i];
        uint32_t per_register = 32 / field->bits;
        struct tally tally = {0};

        fault_clear();
        for (uint32_t index = FIRST_SPI / per_register; index < END_SPI / per_register; index++) {
            if (foreign_bits(field, index) != 0) {
                tally_step(&tally, field_refused(field, index), index * per_register);
            }
        }
        attack_must_fail(field->name, &tally);
    }
}

/** Sends each foreign SPI here. */
static void attack_routing(void)
{
    struct tally tally = {0};

    for (uint32_t intid = FIRST_SPI; intid < END_SPI; intid++) {
        uint64_t address = gicd() + GICD_IROUTER + intid * 8U;
        uint64_t before;

        if (probe_is_own_interrupt(intid)) {
            continue;
        }
        fault_clear();
        before = mmio_read64(address);
        mmio_write64(address, cpu_mpidr() ^ 1);
        tally_step(&tally, fault_happened() || (mmio_read64(address) == before && before == 0),
                   intid);
        mmio_write32(address, (uint32_t)cpu_mpidr());
        mmio_write64(address, 0);
    }
    attack_must_fail("spi-route", &tally);
}

/** Raises foreign SPIs by message; there is nothing to read back: the neighbours must not notice.
 */
static void attack_messages(void)
{
    struct tally tally = {0};

    for (uint32_t intid = 0; intid < END_SPI; intid++) {
        if (probe_is_own_interrupt(intid)) {
            continue;
        }
        fault_clear();
        mmio_write32(gicd() + GICD_SETSPI_NSR, intid);
        mmio_write32(gicd() + GICD_CLRSPI_NSR, intid);
        mmio_write32(gicd() + GICD_SGIR, GICD_SGIR_OTHERS | intid);
        tally_step(&tally, fault_happened(), intid);
    }
    attack_survived("spi-message", &tally);
}

/** Writes all of the frame, with each size of access, then switches the distributor on again. */
static void attack_whole_frame(void)
{
    struct tally tally = {0};

    for (uint32_t offset = 0; offset < machine()->gicd.size; offset += 4) {
        uint64_t address = gicd() + offset;

        fault_clear();
        (void)mmio_read32(address);
        mmio_write32(address, UINT32_MAX);
        mmio_write32(address, 0);
        mmio_write8(address, 0xff);
        __asm__ volatile("ldrh w9, [%0]\n\tstrh w9, [%0]" : : "r"(address) : "x9", "memory");
        if (offset % 8 == 0) {
            mmio_write64(address, mmio_read64(address));
        }
        tally_step(&tally, fault_happened(), offset);
    }
    gic_start();
    attack_survived("distributor-all-registers", &tally);
}

void attack_foreign_frames(const char *name)
{
    uint64_t start = machine()->gicd.start;
    struct tally tally = {0};

    for (uint64_t address = start; address < start + 0x400000; address += MMU_PAGE_SIZE) {
        if (probe_is_own(address)) {
            continue;
        }
        tally_step(&tally, probe_refused(address, PROBE_READ), address);
        tally_step(&tally, probe_refused(address, PROBE_WRITE), address);
    }
    attack_must_fail(name, &tally);
}

/** Interrupts other cores. Stage 2 does not stop it where interrupts are direct: docs say so, the
 * log need not. */
static void attack_sgi(void)
{
    struct tally tally = {0};

    fault_clear();
    for (uint64_t mpidr = 0; mpidr < 16; mpidr++) {
        if (mpidr != cpu_mpidr()) {
            gic_send_sgi(ATTACK_SGI, mpidr);
        }
        tally_step(&tally, fault_happened(), mpidr);
    }
    /* ICC_SGI1R_EL1.IRM: all but this core; ICC_SGI0R_EL1, ICC_ASGI1R_EL1: the other groups. */
    SYSREG_WRITE(s3_0_c12_c11_5, UINT64_C(1) << 40 | (uint64_t)ATTACK_SGI << 24);
    SYSREG_WRITE(s3_0_c12_c11_7, UINT64_C(1) << 40 | (uint64_t)ATTACK_SGI << 24);
    SYSREG_WRITE(s3_0_c12_c11_6, UINT64_C(1) << 40 | (uint64_t)ATTACK_SGI << 24);
    attack_report("sgi-to-others", false,
                  "sent, %u refused (allowed by design with direct interrupts)",
                  (unsigned)fault_get()->count);
}

void attack_interrupts(void)
{
    if (machine()->gicd.size == 0) {
        return;
    }
    attack_fields();
    if (machine()->gic_version == 3) {
        attack_routing();
    }
    attack_messages();
    attack_whole_frame();
    if (machine()->gic_version == 3) {
        attack_sgi();
    }
}
