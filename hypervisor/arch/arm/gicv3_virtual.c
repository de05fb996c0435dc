/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: virtual interrupts of the vCPUs of this CPU, and the change from one to another.
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

struct gic_private gic_privates[PLAN_MAX_VCPUS] SHARED;

/* PPIs that a guest may have (plan.h, intids): the rest of word 0 is SGIs, which are EL2's own in the hardware. */
#define PPIS 0xffff0000U

static uint64_t private_frame(void)
{
    return gic_redistributor(this_cpu.index) + GICR_SGI_FRAME;
}

void gic_vcpu_save(struct gic_vcpu *gic)
{
    if (!this_cpu.virtual_interrupts) {
        return;
    }
    isb(); /* what was written to list registers shows in ICH_ELRSR_EL2 */
    gic->used = (uint32_t)(gic_lists_empty & ~read_icc(ICH_ELRSR_EL2));
    for (uint32_t used = gic->used; used != 0; used &= used - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(used);
        gic->lists[i] = list_read(i);
        list_write(i, 0);
    }
    gic->hcr = read_icc(ICH_HCR_EL2);
    write_icc(ICH_HCR_EL2, 0);
    gic->vmcr = read_icc(ICH_VMCR_EL2);
    gic->ap0r = read_icc(ICH_AP0R0_EL2);
    gic->ap1r[0] = read_icc(ICH_AP1R0_EL2);
    if (gic_active_words > 1) {
        gic->ap1r[1] = read_icc(ICH_AP1R1_EL2);
    }
    if (gic_active_words > 2) {
        gic->ap1r[2] = read_icc(ICH_AP1R2_EL2);
        gic->ap1r[3] = read_icc(ICH_AP1R3_EL2);
    }
}

/** Makes the PPIs of this CPU as enabled and urgent as @vcpu has set them up. */
static void private_set_up(const struct vcpu *vcpu)
{
    const struct gic_private *private = vcpu->private;
    uint32_t owned = vcpu->vm->intids[0] & PPIS;
    uint32_t enabled = atomic_load(&private->enabled) & owned;
    uint64_t frame = private_frame();

    mmio_write32(frame + GICD_ICENABLER, owned & ~enabled);
    for (uint32_t n = 16; n < PLAN_FIRST_SPI; n += 4) {
        if ((owned >> n & 0xf) != 0) {
            mmio_write32(frame + GICD_IPRIORITYR + n, *(const uint32_t *)&private->priority[n]);
        }
    }
    mmio_write32(frame + GICD_ISENABLER, enabled);
}

/** Those of this CPU's PPIs are active that @vcpu has taken and not ended. */
static void private_activate(const struct vcpu *vcpu)
{
    uint32_t owned = vcpu->vm->intids[0] & PPIS;
    uint32_t active = vcpu->gic.active[0] | vcpu->gic.pending[0];

    for (uint32_t used = vcpu->gic.used; used != 0; used &= used - 1) {
        uint64_t list = vcpu->gic.lists[__builtin_ctz(used)];
        if ((list & LR_HW) != 0 && LR_INTID(list) < PLAN_FIRST_SPI) {
            active |= 1U << LR_INTID(list);
        }
    }
    mmio_write32(private_frame() + GICD_ICACTIVER, owned & ~active);
    mmio_write32(private_frame() + GICD_ISACTIVER, owned & active);
}

void gic_private_changed(struct vcpu *vcpu)
{
    private_set_up(vcpu);
    lists_refill(vcpu); /* an SGI that waited for it may be delivered now */
}

/* A bit of vcpu_state.sgis beyond the SGIs. */
#define RECALL (1U << 16)

/** Takes what was sent to @vcpu. */
static void take_sent(struct vcpu *vcpu)
{
    uint32_t sgis = atomic_exchange(&vcpu->state->sgis, 0);

    if ((sgis & RECALL) != 0) {
        lists_recall(vcpu);
    }
    if ((sgis & ~RECALL) != 0 && atomic_load(&vcpu->state->power) == VCPU_ON) {
        gic_vcpu_interrupts(vcpu, 0, sgis & ~RECALL);
    }
}

void gic_vcpu_load(struct vcpu *vcpu)
{
    struct gic_vcpu *gic = &vcpu->gic;

    if (!this_cpu.virtual_interrupts) {
        gic_direct_reset();
        return;
    }
    for (uint32_t used = gic->used; used != 0; used &= used - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(used);
        list_write(i, gic->lists[i]);
    }
    write_icc(ICC_SRE_EL1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB); /* where a guest may switch them off */
    write_icc(ICH_VMCR_EL2, gic->vmcr);
    write_icc(ICH_AP0R0_EL2, gic->ap0r);
    write_icc(ICH_AP1R0_EL2, gic->ap1r[0]);
    if (gic_active_words > 1) {
        write_icc(ICH_AP1R1_EL2, gic->ap1r[1]);
    }
    if (gic_active_words > 2) {
        write_icc(ICH_AP1R2_EL2, gic->ap1r[2]);
        write_icc(ICH_AP1R3_EL2, gic->ap1r[3]);
    }
    write_icc(ICH_HCR_EL2, gic->hcr | ICH_HCR_EN);
    private_activate(vcpu);
    private_set_up(vcpu);
    if (gic->kept) {
        lists_refill(vcpu);
    }
    take_sent(vcpu);
}

void gic_vcpu_reset(struct vcpu *vcpu)
{
    struct gic_vcpu *gic = &vcpu->gic;
    struct gic_private *private = vcpu->private;

    if (!this_cpu.virtual_interrupts) {
        return; /* gic_vcpu_load does it */
    }
    lists_drop(vcpu);
    gic->hcr = 0;
    gic->vmcr = 0;
    gic->ap0r = 0;
    for (unsigned i = 0; i < 4; i++) {
        gic->ap1r[i] = 0;
    }
    atomic_store(&private->enabled, 0);
    for (unsigned i = 0; i < sizeof(private->priority); i++) {
        private->priority[i] = 0;
    }
    atomic_store(&vcpu->state->sgis, 0);
}

void gic_vcpu_off(struct vcpu *vcpu)
{
    if (!this_cpu.virtual_interrupts) {
        return;
    }
    if (this_cpu.vcpu == vcpu) {
        gic_vcpu_save(&vcpu->gic);
    }
    lists_drop(vcpu);
}

void gic_recall(uint32_t vcpu)
{
    if (atomic_fetch_or(&vcpu_states[vcpu].sgis, RECALL) == 0) {
        gic_kick(vcpu);
    }
}

void gic_vcpu_attend(struct vcpu *vcpu)
{
    /* One that is ready, but not loaded, takes it when it is: so nobody can make this CPU attend more than once before.
     */
    if (this_cpu.vcpu == vcpu || !vcpu->entity.ready) {
        take_sent(vcpu);
    }
    if (this_cpu.vcpu == vcpu && this_cpu.virtual_interrupts) {
        private_set_up(vcpu); /* another vCPU of the VM may have changed it */
    }
}

bool gic_vcpu_enabled(const struct vcpu *vcpu, uint32_t intid)
{
    return (atomic_load(&vcpu->private->enabled) >> intid & 1) != 0;
}

bool gic_vcpu_pending(const struct vcpu *vcpu)
{
    return this_cpu.virtual_interrupts && lists_any_pending(vcpu);
}

void gic_deactivate(uint64_t intid)
{
    lists_deactivate(this_cpu.vcpu, (uint32_t)intid & 0xffffff);
}
