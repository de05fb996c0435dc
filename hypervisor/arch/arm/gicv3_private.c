/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private interrupts (SGIs and PPIs) of a vCPU with virtual interrupts, emulated. What a guest sets up is kept in
 * memory (gic_state.h), since other vCPUs use the hardware's registers too, and put there while the vCPU is loaded.
 */
#include <stdatomic.h>

#include "cpu.h"
#include "gicv3.h"
#include "gicv3_lists.h"
#include "gicv3_local.h"
#include "gicv3_registers.h"
#include "gicv3_virtual_interface.h"
#include "mmio.h"

#define SGIS 0x0000ffffU

/** Bits of private interrupts: @loaded is the vCPU whose registers these are if it is the loaded one, else NULL: then
 * only what is enabled can be seen and changed from here. */
static void access_private_bits(struct gic_private *private, struct vcpu *loaded, struct gic_access *access)
{
    uint32_t mask = this_cpu.vm->intids[0];
    uint32_t bits = (uint32_t)access->value & mask;
    uint64_t frame = gic_redistributor(this_cpu.index) + GICR_SGI_FRAME;
    uint32_t value = 0;

    switch (access->offset) {
    case GICD_ISENABLER:
    case GICD_ICENABLER:
        if (access->write && access->offset == GICD_ISENABLER) {
            atomic_fetch_or(&private->enabled, bits);
        } else if (access->write) {
            atomic_fetch_and(&private->enabled, ~bits);
            if (loaded != NULL) {
                lists_retire(loaded, 0, bits, true);
            }
        }
        if (access->write && loaded != NULL) {
            gic_private_changed(loaded);
        }
        value = atomic_load(&private->enabled);
        break;
    case GICD_ISPENDR:
        if (access->write && loaded != NULL) {
            lists_pend(loaded, 0, bits); /* kept here: what is pending in the hardware, the neighbours would get */
        }
        value = loaded == NULL ? 0 : lists_pending(loaded, 0) | (mmio_read32(frame + GICD_ISPENDR) & ~SGIS);
        break;
    case GICD_ICPENDR:
        if (access->write && loaded != NULL) {
            mmio_write32(frame + GICD_ICPENDR, bits & ~SGIS);
            lists_retire(loaded, 0, bits, false);
        }
        value = loaded == NULL ? 0 : lists_pending(loaded, 0) | (mmio_read32(frame + GICD_ISPENDR) & ~SGIS);
        break;
    case GICD_ICACTIVER:
        for (; access->write && loaded != NULL && bits != 0; bits &= bits - 1) {
            lists_deactivate(loaded, (uint32_t)__builtin_ctz(bits));
        }
        value = loaded == NULL ? 0 : lists_active(loaded, 0);
        break;
    default: /* GICD_ISACTIVER */
        if (access->write && loaded != NULL) {
            mmio_write32(frame + GICD_ISACTIVER, bits & ~SGIS);
            lists_activate(loaded, bits);
        }
        value = loaded == NULL ? 0 : lists_active(loaded, 0);
        break;
    }
    access->value = value & mask;
}

static void access_private_priority(struct gic_private *private, struct vcpu *loaded, struct gic_access *access)
{
    uint32_t first = (uint32_t)access->offset - GICD_IPRIORITYR;
    uint64_t value = 0;

    for (uint32_t i = 0; i < access->size; i++) {
        if (first + i >= PLAN_FIRST_SPI || !plan_vm_owns(this_cpu.vm, (intid_t){first + i})) {
            continue;
        }
        if (access->write) {
            gic_private_set_priority(private, first + i, (uint8_t)(access->value >> 8 * i));
        }
        value |= (uint64_t)LR_PRIORITY(gic_private_list(private, first + i)) << 8 * i;
    }
    if (access->write && loaded != NULL) {
        gic_private_changed(loaded); /* another CPU puts it into effect when it loads that vCPU */
    }
    access->value = value;
}

bool gic_private_access(uint32_t vcpu, struct gic_access *access)
{
    struct gic_private *private = &gic_privates[vcpu];
    struct vcpu *loaded = this_cpu.vcpu->index == vcpu ? this_cpu.vcpu : NULL;

    if (access->offset >= GICD_ISENABLER && access->offset < GICD_IPRIORITYR) {
        if (access->size != 4) {
            return false;
        }
        if ((access->offset & 0x7f) != 0) {
            access->value = 0;
        } else {
            access_private_bits(private, loaded, access);
        }
        return true;
    }
    if (access->offset >= GICD_IPRIORITYR && access->offset < GICD_ITARGETSR) {
        if (access->size != 1 && access->size != 4) {
            return false;
        }
        access_private_priority(private, loaded, access);
        return true;
    }
    if (access->offset == GICD_ICFGR && !access->write) {
        access->value = 0xaaaaaaaa; /* SGIs: edge */
    } else if (access->offset == GICD_ICFGR + 4 && !access->write) {
        access->value = mmio_read32(gic_redistributor(this_cpu.index) + GICR_SGI_FRAME + GICD_ICFGR + 4);
    } else {
        access->value = 0; /* IGROUPR and the rest: as in the distributor */
    }
    return access->size == 4;
}
