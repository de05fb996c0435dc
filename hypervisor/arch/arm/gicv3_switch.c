/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: the change from the interrupts of one vCPU to another's. What most switches don't need is in gicv3_virtual.c.
 */
#include "cpu.h"
#include "gic.h"
#include "gicv3.h"
#include "gicv3_lists.h"
#include "gicv3_local.h"
#include "gicv3_virtual_interface.h"
#include "mmio.h"
#include "sched.h"
#include "vm.h"

/** After an isb: what was written to list registers shows in ICH_ELRSR_EL2. */
static inline __attribute__((always_inline)) void vcpu_save(struct gic_vcpu *gic)
{
    gic->used = (uint32_t)(gic_cpu.lists_empty & ~read_icc(ICH_ELRSR_EL2));
    gic->vmcr = read_icc(ICH_VMCR_EL2);
    gic->ap0r[0] = read_icc(ICH_AP0R0_EL2);
    gic->ap1r[0] = read_icc(ICH_AP1R0_EL2);
    if (__builtin_expect(gic_cpu.active_words > 1, 0)) {
        gic_more_words_save(gic);
    }
    if (gic->busy != 0) {
        gic_busy_save(gic);
    }
    write_icc(ICH_HCR_EL2, 0);
}

void gic_vcpu_save(struct gic_vcpu *gic)
{
    isb();
    vcpu_save(gic);
}

/* How urgent they are shows in list registers only. */
inline __attribute__((always_inline)) void gic_private_set_up(const struct vcpu *vcpu)
{
    uint32_t enabled = atomic_load_explicit(&vcpu->private->enabled, memory_order_relaxed) & gic_cpu.guest_ppis;

    mmio_write32(gic_cpu.private_frame + GICD_ICENABLER, gic_cpu.guest_ppis & ~enabled);
    mmio_write32(gic_cpu.private_frame + GICD_ISENABLER, enabled);
    /* Or one that the last vCPU had enabled may still come. */
    gic_wait_clear(gic_cpu.private_frame - GICR_SGI_FRAME + GICR_CTLR, GICR_CTLR_RWP);
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
        mmio_write32(gic_cpu.private_frame + GICD_ICACTIVER, gic_cpu.guest_ppis); /* what came meanwhile was nobody's */
    }
    uint32_t active = 0;
    uint64_t hcr = ICH_HCR_EN;
    if (gic->busy == 0) {
        if (timer && gic_vcpu_enabled(vcpu, plan.gic.virtual_timer)) {
            write_icc(ICH_LR0_EL2, gic_private_list(vcpu->private, plan.gic.virtual_timer));
            active = 1U << plan.gic.virtual_timer;
        }
    } else if (gic->busy == GIC_BUSY_FIRST_LIST) {
        write_icc(ICH_LR0_EL2, gic->lists[0]);
        active = list_ppi(gic->lists[0]);
    } else {
        active = gic_busy_load(gic);
        hcr = gic->hcr;
        gic->hcr = ICH_HCR_EN;
    }
    if (active != 0) {
        mmio_write32(gic_cpu.private_frame + GICD_ISACTIVER, active);
        dsb_sy(); /* active before the timer is on again, or it would come twice */
    }
    write_icc(ICC_SRE_EL1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB); /* where a guest may switch them off */
    write_icc(ICH_VMCR_EL2, gic->vmcr);
    write_icc(ICH_AP0R0_EL2, gic->ap0r[0]);
    write_icc(ICH_AP1R0_EL2, gic->ap1r[0]);
    if (__builtin_expect(gic_cpu.active_words > 1, 0)) {
        gic_more_words_load(gic);
    }
    write_icc(ICH_HCR_EL2, hcr);
    gic_private_set_up(vcpu);
    if (gic->busy != 0 && gic->kept) {
        lists_refill(vcpu);
    }
    if (atomic_load_explicit(&vcpu->state->sgis, memory_order_relaxed) != 0) {
        gic_take_sent(vcpu);
    }
}
