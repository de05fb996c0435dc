/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual interrupts of the vCPUs of this CPU, and the change from one to another.
 */
#include "core_local.h"
#include "cpu.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"
#include "sched.h"
#include "vm.h"

SHARED struct gic_private gic_privates[PLAN_MAX_VCPUS];

void gic_lists_save(struct gic_vcpu *gic)
{
    gic->hcr = vif_control();
    vif_set_control(0); /* what changes below is no reason for a maintenance interrupt */
    for (uint32_t used = gic->used; used != 0; used &= used - 1) { /* bound: LIST_REGISTERS */
        uint32_t i = (uint32_t)__builtin_ctz(used);
        gic->lists[i] = lr_read(i);
        lr_write(i, 0);
    }
    mmio_write32(gic_cpu.private_frame + GICD_ICACTIVER, gic_cpu.guest_ppis);
}

uint32_t gic_lists_load(const struct gic_vcpu *gic)
{
    uint32_t active = gic->active[0] | gic->pending[0];

    for (uint32_t used = gic->used; used != 0; used &= used - 1) { /* bound: LIST_REGISTERS */
        uint32_t i = (uint32_t)__builtin_ctz(used);
        lr_write(i, gic->lists[i]);
        active |= lr_ppi(gic->lists[i]);
    }
    return active & gic_cpu.guest_ppis;
}

void gic_private_changed(struct vcpu *vcpu)
{
    gic_private_set_up(vcpu);
    lists_refill(vcpu); /* an SGI that waited for it may be delivered now */
}

/* A bit of vcpu_state.sgis beyond the SGIs. */
#define RECALL (1U << 16)

void interrupts_take_sent(struct vcpu *vcpu)
{
    uint32_t sgis = atomic_exchange(&vcpu->state->sgis, 0);

    uint32_t come =
        atomic_load(&vcpu->state->power) == VCPU_ON ? sgi_not_had(vcpu->index, sgis & SGIS) : 0;

    if ((sgis & RECALL) != 0) {
        /* bound: RECALLED_AT_ONCE in vm_attend, RECALLED_AT_ONCE in sched_run */
        lists_recall(vcpu, come);
    } else if (come != 0) {
        lists_pend(vcpu, 0, come);
    }
    if (come != 0) {
        gic_vcpu_notice(vcpu);
    }
}

void gic_vcpu_reset(struct vcpu *vcpu)
{
    struct gic_vcpu *gic = &vcpu->gic;
    struct gic_private *private = vcpu->private;

    if (!this_cpu.virtual_interrupts) {
        return; /* gic_vcpu_switch does it */
    }
    lists_drop(vcpu);
    gic->hcr = VIF_EN;
    vif_reset(&gic->vif);
    atomic_store(&private->enabled, 0);
    for (uint32_t i = 0; i < PLAN_FIRST_SPI; i++) { /* bound: PLAN_FIRST_SPI */
        gic_private_set_priority(private, i, 0);
    }
    atomic_store(&vcpu->state->sgis, 0);
    sgi_sources_reset(vcpu->index);
    spis_unmute_routed(vcpu);
}

void interrupts_vcpu_off(struct vcpu *vcpu)
{
    if (!this_cpu.virtual_interrupts) {
        return;
    }
    if (this_cpu.vcpu == vcpu) {
        gic_vcpu_save(&vcpu->gic); /* bound: VIRTUAL in vm_attend */
    }
    lists_drop(vcpu); /* bound: PARKED * VIRTUAL in vm_attend */
}

void gic_recall(uint32_t vcpu)
{
    if ((atomic_fetch_or(&vcpu_states[vcpu].sgis, RECALL) & RECALL) == 0) {
        interrupts_kick(vcpu);
    }
}

bool interrupts_vcpu_attend(struct vcpu *vcpu)
{
    if (!this_cpu.virtual_interrupts) {
        return false;
    }
    if (this_cpu.vcpu == vcpu && sched_runs(vcpu)) {
        interrupts_take_sent(vcpu); /* bound: SENT_AT_ONCE * VIRTUAL in vm_attend */
        gic_private_set_up(vcpu);   /* another vCPU of the VM may have changed it */
        return false;
    }
    /* An interrupt doesn't end the wait for an event; but it gives SPIs back, and waits on. */
    uint32_t heard = vcpu->wait == WAIT_NOTHING ? 0
                     : vcpu->wait == WAIT_EVENT ? RECALL
                                                : UINT32_MAX;
    return (atomic_load(&vcpu->state->sgis) & heard) != 0;
}

bool gic_vcpu_enabled(const struct vcpu *vcpu, uint32_t intid)
{
    return (atomic_load_explicit(&vcpu->private->enabled, memory_order_relaxed) >> intid & 1) != 0;
}
