/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller's registers, and what of them may be touched for a guest. Part of a
 * proof (#include).
 */

/** Whether @access is to a register between @first and @end, at a multiple of its size, one of
 * @sizes. */
static bool register_may(const struct gic_access *access, uint64_t first, uint64_t end,
                         uint32_t sizes)
{
    return access->offset >= first && access->offset < end && (access->size & sizes) != 0 &&
           access->offset % access->size == 0;
}

/** Whether the kick of a CPU with direct interrupts still comes, as urgent as before, after @size
 * bytes of @value were written at @offset of the registers of private interrupts. */
static bool kick_stays(uint64_t offset, unsigned size, uint64_t value)
{
    uint64_t byte = GICD_IPRIORITYR + GIC_KICK_SGI - offset;

    if (this_cpu.virtual_interrupts) {
        return true;
    }
    if (byte < size) {
        return (value >> 8 * byte & 0xff) == GIC_PRIORITY_KICK;
    }
    return !(offset == GICD_ICENABLER || offset == GICD_ISACTIVER) ||
           (value >> GIC_KICK_SGI & 1) == 0;
}

/** A register of the part that each bank has, with interrupts of words @from and on, before @to. */
static void bank_access_proved(uint64_t offset, unsigned size, bool write, uint64_t value,
                               uint32_t from, uint32_t to)
{
    uint32_t n = (uint32_t)(offset & 0x7f) / 4;

    if (offset < 0x80) {
        prove((offset == GICD_CTLR || offset == GICD_TYPER) && size == 4 && !write,
              "what the distributor is as a whole is only read");
    } else if (offset >= GICD_ISENABLER && offset < GICD_IPRIORITYR) {
        prove(size == 4 && n >= from && n < to, "bits of interrupts that exist, 32 at once");
        prove(!write || system_owns(n, (uint32_t)value), "bits: only the VM's are written");
        prove(!write || n != 0 || !this_cpu.virtual_interrupts || (value & SGIS) == 0,
              "with virtual interrupts, SGIs of the hardware's are EL2's");
    } else if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
        uint32_t intid = (uint32_t)(offset - GICD_IPRIORITYR);
        prove(size == 1 && intid / 32 >= from && intid / 32 < to,
              "priorities of interrupts that exist, byte by byte");
        prove(intid / 32 < INTID_WORDS && system_owns(intid / 32, 1U << intid % 32),
              "priorities: only the VM's");
        prove(!this_cpu.virtual_interrupts || intid >= PLAN_FIRST_SPI,
              "with virtual interrupts, private ones of the hardware's are EL2's");
    } else {
        prove(offset >= GICD_ICFGR && offset < GICD_ICFGR + 0x100 && size == 4 && !write,
              "nothing else but triggers, to be read");
        prove((offset - GICD_ICFGR) / 8 >= from && (offset - GICD_ICFGR) / 8 < to,
              "triggers of interrupts that exist");
    }
}

#include "version.c"

static uint32_t accesses; /* of the hardware's */

uint64_t devices_read(uint64_t address, unsigned size)
{
    accesses++;
    prove(address % size == 0, "an access is aligned");
    access_proved(address, size, false, 0);
    return nondet_u64();
}

void devices_write(uint64_t address, unsigned size, uint64_t value)
{
    accesses++;
    prove(address % size == 0, "an access is aligned");
    access_proved(address, size, true, value);
}
