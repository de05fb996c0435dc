/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts that come to EL2, from their acknowledgement to a list register.
 */
#include "clock.h"
#include "cpu.h"
#include "cpu_sleep.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "log.h"
#include "mmio.h"
#include "sched.h"
#include "vm.h"

void gic_vcpu_notice(struct vcpu *vcpu)
{
    if (vcpu->wait == WAIT_INTERRUPT || vcpu->wait == WAIT_DELAY) {
        sched_wake(vcpu);
    }
}

/** EL2's timer has fired: it is time to decide. */
static inline void timer_handle(void)
{
    clock_disarm(); /* or it would come again at once: it is a level */
    isb();
    gic_deactivate(plan.gic.hypervisor_timer);
    this_cpu.need_resched = true;
}

/** The list register for hardware interrupt @intid of @vcpu, pending. */
static inline lr_t list_of_interrupt(const struct vcpu *vcpu, uint32_t intid)
{
    if (intid < PLAN_FIRST_SPI) {
        return gic_private_list(vcpu->private, intid);
    }
    return lr_encode(intid, mmio_read8(EL2_GICD + GICD_IPRIORITYR + intid), LR_PENDING) |
           lr_of_hardware(intid);
}

/** The common case of hardware interrupt @intid that EL2 has taken for @vcpu: nothing waits, and
 * there is room for it. Returns false if that is not so. */
static inline bool interrupt_put(struct vcpu *vcpu, uint32_t intid)
{
    struct gic_vcpu *gic = &vcpu->gic;
    lr_t list = list_of_interrupt(vcpu, intid);

    if (this_cpu.vcpu != vcpu) {
        if (gic->has_lists == 0) {
            gic->lists[0] = list;
            gic->used = GIC_FIRST_LIST_ONLY;
            return true;
        }
        return false;
    }
    isb(); /* what was written to list registers shows in lr_empty */
    if (lr_empty() != gic_cpu.lists_empty || gic->overflowed || gic->active_count != 0) {
        return false;
    }
    lr_write_first(list);
    return true;
}

/** SPI @intid has come for @vcpu, which is off: it is pending in the hardware again, and does not
 * come before that starts. */
static SLOW void interrupt_refuse(const struct vcpu *vcpu, uint32_t intid)
{
    spi_mute(vcpu->vm, intid, MUTE_OFF);
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid / 32 * 4, 1U << intid % 32);
    gic_deactivate(intid);
    if (!spi_goes_to(intid, this_cpu.index)) {
        /* routed elsewhere meanwhile, by who has not seen the mute */
        spi_unmute(vcpu->vm, intid, MUTE_OFF);
    }
}

/** Hardware interrupt @intid has come for @vcpu; NULL: for nobody here. */
static inline void interrupt_give(struct vcpu *vcpu, uint32_t intid)
{
    if (vcpu == NULL) {
        return;
    }
    if (intid >= PLAN_FIRST_SPI) {
        if (atomic_load(&vcpu->state->power) == VCPU_OFF) {
            interrupt_refuse(vcpu, intid);
            return;
        }
        gic_spi_holders[intid] = (uint8_t)vcpu->index;
    }
    if (!interrupt_put(vcpu, intid)) {
        if (intid >= PLAN_FIRST_SPI &&
            /* somebody else has deactivated it: it must not come again before its end */
            lists_have(vcpu, intid)) {
            spi_mute(vcpu->vm, intid, MUTE_AGAIN);
            log_write(LOG_INTERRUPT_AGAIN, vcpu->plan, intid, 0, 0, 0);
        }
        lists_pend(vcpu, intid / 32, 1U << intid % 32);
    }
    gic_vcpu_notice(vcpu);
}

/** An interrupt was @acknowledged at EL2 and its priority dropped. */
static void interrupt_handle(uint32_t acknowledged)
{
    uint32_t intid = gic_intid(acknowledged);

    if (intid >= PLAN_FIRST_SPI) {
        interrupt_give(vm_vcpus[plan.gic.spi_owner[intid]], intid);
        return;
    }
    if (intid < 16) {
        /* what its sender stored before is seen after the acknowledgement */
        dsb_sy();
        /* one that is no kick was sent by a neighbour with direct interrupts */
        gic_deactivate(acknowledged);
        if (intid == GIC_KICK_SGI || intid == GIC_VIRTUAL_SGI) {
            vm_attend();
        }
        return;
    }
    if (intid == plan.gic.hypervisor_timer) {
        timer_handle();
        return;
    }
    if (intid == plan.gic.maintenance) {
        if (this_cpu.vcpu != NULL) {
            lists_refill(this_cpu.vcpu);
        }
        gic_deactivate(intid);
        return;
    }
    struct vcpu *vcpu = this_cpu.vcpu;
    if (vcpu == NULL || gic_vcpu_enabled(vcpu, intid)) {
        interrupt_give(vcpu, intid);
    } else {
        gic_private_set_up(vcpu); /* a sibling may have disabled it */
        /* or it is of the vCPU that ran before: it comes again when that has it enabled */
        gic_deactivate(intid);
    }
}

/** The common case of @kick, a GIC_VIRTUAL_SGI that was acknowledged: one SGI, enabled, and
 * nothing else in the list registers. Anything else is left to interrupt_exit_rest. */
static inline uint64_t sgi_arrived(uint32_t kick)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    const struct gic_private *private = vcpu->private;
    uint32_t sgis = atomic_exchange_explicit(&vcpu->state->sgis, 0, memory_order_acquire);
    uint32_t enabled = sgis & SGIS & atomic_load_explicit(&private->enabled, memory_order_relaxed);

    gic_drop(kick);
    if (enabled == sgis && (sgis & (sgis - 1)) == 0 && sgis != 0 &&
        lr_empty() == gic_cpu.lists_empty && !vcpu->gic.overflowed &&
        sgi_has_one_source(vcpu->index, (uint32_t)__builtin_ctz(sgis))) {
        uint32_t sgi = (uint32_t)__builtin_ctz(sgis);
        lr_write_first(gic_private_list(private, sgi) |
                       sgi_source_take(vcpu->index, sgi, LR_PENDING));
        gic_deactivate(kick);
        return INTERRUPT_DONE;
    }
    atomic_fetch_or(&vcpu->state->sgis, sgis);
    return kick | INTERRUPT_DROPPED;
}

uint64_t interrupt_exit(void)
{
    uint32_t acknowledged = gic_acknowledge();
    uint32_t intid = gic_intid(acknowledged);
    lr_t list;

    if (intid - PLAN_FIRST_SPI < GIC_INTID_SPECIAL - PLAN_FIRST_SPI) {
        if (!plan_vm_owns(this_cpu.vm, (intid_t){intid})) {
            return intid;
        }
        gic_spi_holders[intid] = (uint8_t)this_cpu.vcpu->index;
        /* The guest gave its priority to the hardware. */
        list = lr_encode(intid, gic_running_priority(), LR_PENDING) | lr_of_hardware(intid);
    } else if (intid == GIC_VIRTUAL_SGI) {
        return sgi_arrived(acknowledged);
    } else if (intid - GIC_FIRST_PPI < PLAN_FIRST_SPI - GIC_FIRST_PPI) {
        const struct gic_private *private = this_cpu.vcpu->private;
        if ((atomic_load_explicit(&private->enabled, memory_order_relaxed) >> intid & 1) == 0) {
            return intid; /* EL2's own; nor need it be this VM's: only those can be enabled */
        }
        list = gic_private_list(private, intid);
    } else {
        return acknowledged;
    }
    uint64_t used = lr_empty() ^ gic_cpu.lists_empty;
    gic_drop(intid);
    if ((vif_control() & (VIF_NPIE | VIF_LRENPIE)) != 0) {
        /* others wait for room, and may be more urgent, or the same */
        return intid | INTERRUPT_DROPPED;
    }
    if (used == 0) {
        lr_write_first(list);
        return INTERRUPT_DONE;
    }
    if (used == 1 && LR_INTID(lr_read_first()) != intid) {
        lr_write_second(list);
        return INTERRUPT_DONE;
    }
    return intid | INTERRUPT_DROPPED;
}

void interrupt_exit_rest(uint64_t found)
{
    if (found == plan.gic.hypervisor_timer) {
        gic_drop(found);
        timer_handle();
        sched_run();
    }
    if (gic_intid((uint32_t)found) >= GIC_INTID_SPECIAL) {
        return; /* it went away */
    }
    if ((found & INTERRUPT_DROPPED) == 0) {
        gic_drop(found);
    }
    interrupt_handle((uint32_t)found);
    if (this_cpu.need_resched) {
        sched_run();
    }
}

void interrupts_poll(void)
{
    if (!this_cpu.virtual_interrupts) {
        gic_direct_poll();
        return;
    }
    for (unsigned i = 0; i < INTERRUPTS_POLL_MAX; i++) { /* bound: POLLED_AT_ONCE */
        uint32_t acknowledged = gic_acknowledge();
        if (gic_intid(acknowledged) >= GIC_INTID_SPECIAL) {
            return;
        }
        gic_drop(acknowledged);
        interrupt_handle(acknowledged);
    }
}

void interrupts_wait(void)
{
    if (!this_cpu.virtual_interrupts) {
        gic_direct_wait();
        return;
    }
    /* What is pending for the loaded vCPU, which may not run now, would end the sleep at once. */
    uint64_t hcr = vif_control();
    vif_set_control(hcr & ~VIF_EN);
    isb();
    cpu_wait();
    vif_set_control(hcr);
    interrupts_poll();
}
