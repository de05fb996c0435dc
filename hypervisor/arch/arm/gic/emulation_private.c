/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private interrupts (SGIs and PPIs) of a vCPU with virtual interrupts, emulated. What a guest
 * sets up is kept in memory (gic_state.h), since other vCPUs use the hardware's registers too, and
 * put there while the vCPU is loaded.
 */
#include <stdatomic.h>

#include "cpu.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"

/* In both, @group is the register, and @loaded is the vCPU whose it is if that is the loaded
 * one, else NULL: then only what is enabled can be seen and changed from here. */

static void private_write(struct gic_private *private, struct vcpu *loaded, uint64_t group,
                          uint32_t bits)
{
    uint64_t frame = gic_private_bank(this_cpu.index);

    if (group == GICD_ISENABLER) {
        atomic_fetch_or(&private->enabled, bits);
    } else if (group == GICD_ICENABLER) {
        atomic_fetch_and(&private->enabled, ~bits);
    }
    if (loaded == NULL) {
        return;
    }
    switch (group) {
    case GICD_ICENABLER:
        lists_retire(loaded, 0, bits, true);
        gic_private_changed(loaded);
        break;
    case GICD_ISENABLER:
        gic_private_changed(loaded);
        break;
    case GICD_ISPENDR:
        /* kept here: what is pending in the hardware, the neighbours would get */
        lists_pend(loaded, 0, bits);
        break;
    case GICD_ICPENDR:
        mmio_write32(frame + GICD_ICPENDR, bits & ~SGIS);
        lists_retire(loaded, 0, bits, false);
        break;
    case GICD_ISACTIVER:
        mmio_write32(frame + GICD_ISACTIVER, bits & ~SGIS);
        lists_activate(loaded, 0, bits);
        break;
    default: /* GICD_ICACTIVER */
        lists_end(loaded, 0, bits);
        break;
    }
}

static uint32_t private_read(const struct gic_private *private, const struct vcpu *loaded,
                             uint64_t group)
{
    if (group <= GICD_ICENABLER) {
        return atomic_load(&private->enabled);
    }
    if (loaded == NULL) {
        return 0;
    }
    if (group <= GICD_ICPENDR) {
        uint64_t frame = gic_private_bank(this_cpu.index);
        return lists_pending(loaded, 0) | (mmio_read32(frame + GICD_ISPENDR) & ~SGIS);
    }
    return lists_active(loaded, 0);
}

void gic_access_private_bits(struct gic_access *access)
{
    struct gic_private *private = &gic_privates[access->vcpu];
    struct vcpu *loaded = this_cpu.vcpu->index == access->vcpu ? this_cpu.vcpu : NULL;
    uint32_t mask = (access->offset & 0x7f) == 0 ? this_cpu.vm->intids[0] : 0;

    if (access->write) {
        /* bound: never with stage2_fault_exit */
        private_write(private, loaded, access->offset & ~0x7fULL, (uint32_t)access->value & mask);
    } else {
        /* bound: never with stage2_fault_exit */
        access->value = private_read(private, loaded, access->offset & ~0x7fULL) & mask;
    }
}

void gic_access_private_trigger(struct gic_access *access)
{
    if (access->offset == GICD_ICFGR) {
        access->value = 0xaaaaaaaa; /* SGIs: edge */
    } else if (access->offset == GICD_ICFGR + 4) {
        access->value = mmio_read32(gic_private_bank(this_cpu.index) + GICD_ICFGR + 4);
    } else {
        access->value = 0;
    }
}
