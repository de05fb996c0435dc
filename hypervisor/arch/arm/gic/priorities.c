/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How urgent interrupts are, as the guest says. Programs find out how many bits of priority there
 * are from an interrupt that they don't have: so those that a VM doesn't own keep what is written
 * to them, in memory, and reach no hardware. What they hold first is unknown, as the architecture
 * has it, and they survive the VM's restarts.
 */
#include <stdatomic.h>

#include "core_local.h"
#include "cpu.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"

/** The bits of priority that the hardware has, in the distributor and in list registers; set at
 * boot, before the other CPUs start. */
static SHARED uint8_t priority_bits;

/** Of SPIs, by VM and INTID; only those that it doesn't own are used. By any CPU of the VM. */
static SHARED uint8_t kept[PLAN_MAX_VMS][PLAN_MAX_INTIDS];

void gic_priorities_init(void)
{
    uint64_t first = EL2_GICD + GICD_IPRIORITYR + PLAN_FIRST_SPI;

    mmio_write8(first, UINT8_MAX);
    priority_bits = mmio_read8(first) & LR_PRIORITY_BITS;
}

void gic_private_set_priority(struct gic_private *private, uint32_t intid, uint8_t priority)
{
    lr_t list = lr_encode(intid, priority & priority_bits, LR_PENDING) |
                (intid < 16 ? 0 : lr_of_hardware(intid));

    atomic_store_explicit(&private->lists[intid], list, memory_order_relaxed);
}

/** A byte of a private interrupt's priority that is kept for its vCPU. That one's CPU sees what
 * changes when it makes a list register of it the next time. */
static void private_byte(const struct gic_access *access, uint32_t intid, uint8_t *value)
{
    struct gic_private *private = &gic_privates[access->vcpu];

    if (access->write) {
        gic_private_set_priority(private, intid, *value);
    }
    *value = LR_PRIORITY(gic_private_list(private, intid));
}

/** The priority of an SPI that the VM doesn't own. */
static void kept_byte(const struct gic_access *access, uint32_t intid, uint8_t *value)
{
    uint8_t *priority = &kept[plan_vm_index(this_cpu.vm)][intid];

    if (access->write) {
        *priority = *value & priority_bits;
    }
    *value = *priority;
}

/** The same of one that the hardware has for this VM. */
static void hardware_byte(const struct gic_access *access, uint32_t intid, uint8_t *value)
{
    uint64_t address = access->bank + GICD_IPRIORITYR + intid;

    if (access->write) {
        mmio_write8(address, *value & LR_PRIORITY_BITS);
    } else {
        *value = mmio_read8(address);
    }
}

void gic_access_priority(struct gic_access *access)
{
    uint32_t first = (uint32_t)access->offset - GICD_IPRIORITYR;
    uint64_t found = 0;

    for (uint32_t i = 0; i < access->size; i++) { /* bound: 4 */
        uint32_t intid = first + i;
        uint8_t value = (uint8_t)(access->value >> 8 * i);
        bool private = intid < PLAN_FIRST_SPI; /* those of virtual interrupts are kept */
        bool owned = (gic_bank_mask(access->bank, intid / 32) >> intid % 32 & 1) != 0;
        if (owned && !(private && this_cpu.virtual_interrupts)) {
            hardware_byte(access, intid, &value);
        } else if (!private && gic_bank_has_spis(access->bank) && intid < plan.gic.intid_count) {
            kept_byte(access, intid, &value);
        } else if (private && gic_bank_has_private(access->bank)) {
            private_byte(access, intid, &value);
        } else {
            value = 0;
        }
        found |= (uint64_t)value << 8 * i;
    }
    access->value = found;
}
