/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual interrupts of one vCPU. While it is loaded, list registers and virtual interface are the
 * hardware's.
 *
 * An interrupt that EL2 has taken for a vCPU is in one place: a list register, or a bit of
 * `pending` (it did not fit, or the vCPU was not loaded). One that the guest has begun is active in
 * a list register or, when the guest has begun more than there are list registers, a bit of
 * `active`. SPIs and PPIs are active in the hardware all that time, so they can't come again; PPIs
 * only while the vCPU is loaded, for they are its neighbours', too.
 */
#ifndef ARM_GIC_STATE_H
#define ARM_GIC_STATE_H

#include <stdatomic.h>
#include <stddef.h>

#include "interface.h"
#include "plan.h"
#include "types.h"

#define GIC_MAX_LIST_REGISTERS 16U
#define GIC_WORDS              (PLAN_MAX_INTIDS / 32)

/** Only its own CPU touches it. */
struct gic_vcpu {
    struct vif vif; /* while it is not loaded */
    /* while it is not loaded: those of `used`, the rest is of no meaning */
    lr_t lists[GIC_MAX_LIST_REGISTERS];
    union {
        struct {
            /* a bit for each list register that is not empty; while it is not loaded */
            uint32_t used;
            uint16_t active_count; /* bits in active */
            bool overflowed;       /* some bit of pending may be set */
        };
        uint64_t has_lists; /* 0: none of these */
    };
    uint64_t hcr; /* of a busy one that is not loaded, as it was saved; else EN */
    uint32_t pending[GIC_WORDS];
    uint32_t active[GIC_WORDS];
};

/** gic_vcpu.busy: only the first list register is used. */
#define GIC_FIRST_LIST_ONLY 1U
static_assert(offsetof(struct gic_vcpu, used) == offsetof(struct gic_vcpu, has_lists),
              "of a little-endian word");

/** Private interrupts (SGIs and PPIs) as the guest has set them up: by any CPU of the VM. */
struct gic_private {
    _Alignas(CACHE_LINE) _Atomic(uint32_t) enabled;
    /* A list register for each, as it is when pending: its priority is there only. */
    _Atomic(lr_t) lists[PLAN_FIRST_SPI];
};

extern struct gic_private gic_privates[PLAN_MAX_VCPUS];

/** Why EL2 keeps an SPI disabled although its guest has enabled it: so that nobody can make it
 * come again and again to a CPU whose vCPU does not end it. */
enum gic_mute {
    /* the vCPU that it is routed to is off: until that starts, or until it is routed elsewhere */
    MUTE_OFF,
    MUTE_AGAIN, /* its vCPU has it already, so somebody else has deactivated it, as VMs with direct
                   interrupts can: until its end */
    MUTE_COUNT
};

/** SPIs of a VM with virtual interrupts, a bit each (spis.c): by any CPU of the VM. */
struct gic_spis {
    _Alignas(CACHE_LINE) _Atomic(uint32_t) enabled[GIC_WORDS]; /* as the guest has them */
    _Atomic(uint32_t) muted[MUTE_COUNT][GIC_WORDS];
};

/** The list register of private interrupt @intid when it is pending. */
static inline lr_t gic_private_list(const struct gic_private *private, uint32_t intid)
{
    return atomic_load_explicit(&private->lists[intid], memory_order_relaxed);
}

#endif
