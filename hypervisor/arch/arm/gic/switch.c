/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change from the interrupts of one vCPU to another's. What most switches don't need is in
 * vcpu_interrupts.c.
 */
#include "cpu.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"
#include "sched.h"
#include "vm.h"

/** After an isb: what was written to list registers shows in lr_empty. */
static inline __attribute__((always_inline)) void vcpu_save(struct gic_vcpu *gic)
{
    gic->used = (uint32_t)(gic_cpu.lists_empty & ~lr_empty());
    vif_save(&gic->vif, gic_cpu.active_words);
    if (gic->has_lists != 0) {
        gic_lists_save(gic);
    }
    vif_set_control(0);
}

void gic_vcpu_save(struct gic_vcpu *gic)
{
    isb();
    vcpu_save(gic);
}

/* How urgent they are shows in list registers only. */
inline __attribute__((always_inline)) void gic_private_set_up(const struct vcpu *vcpu)
{
    uint32_t enabled =
        atomic_load_explicit(&vcpu->private->enabled, memory_order_relaxed) & gic_cpu.guest_ppis;

    mmio_write32(gic_cpu.private_frame + GICD_ICENABLER, gic_cpu.guest_ppis & ~enabled);
    mmio_write32(gic_cpu.private_frame + GICD_ISENABLER, enabled);
    /* Or one that the last vCPU had enabled may still come. */
    gic_wait_private(gic_cpu.private_frame);
}

void gic_vcpu_switch(struct vcpu *from, struct vcpu *vcpu, bool timer)
{
    struct gic_vcpu *gic = &vcpu->gic;

    if (!this_cpu.virtual_interrupts) {
        gic_direct_reset();
        return;
    }
    if (from != NULL) {
        vcpu_save(&from->gic);
    } else {
        /* what came meanwhile was nobody's */
        mmio_write32(gic_cpu.private_frame + GICD_ICACTIVER, gic_cpu.guest_ppis);
    }
    uint32_t active = 0;
    uint64_t hcr = VIF_EN;
    if (gic->has_lists == 0) {
        if (timer && gic_vcpu_enabled(vcpu, plan.gic.virtual_timer)) {
            lr_write_first(gic_private_list(vcpu->private, plan.gic.virtual_timer));
            active = 1U << plan.gic.virtual_timer;
        }
    } else if (gic->has_lists == GIC_FIRST_LIST_ONLY) {
        lr_write_first(gic->lists[0]);
        active = lr_ppi(gic->lists[0]);
    } else {
        active = gic_lists_load(gic);
        hcr = gic->hcr;
        gic->hcr = VIF_EN;
    }
    if (active != 0) {
        mmio_write32(gic_cpu.private_frame + GICD_ISACTIVER, active);
        dsb_sy(); /* active before the timer is on again, or it would come twice */
    }
    vif_load(&gic->vif, gic_cpu.active_words);
    vif_set_control(hcr);
    gic_private_set_up(vcpu);
    if (gic->has_lists != 0 && gic->overflowed) {
        lists_refill(vcpu);
    }
    if (atomic_load_explicit(&vcpu->state->sgis, memory_order_relaxed) != 0) {
        interrupts_take_sent(vcpu);
    }
}
