/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: interrupts that come to EL2, from their acknowledgement to a list register.
 */
#include "clock.h"
#include "cpu.h"
#include "gic.h"
#include "gicv3.h"
#include "gicv3_lists.h"
#include "gicv3_local.h"
#include "gicv3_virtual_interface.h"
#include "sched.h"
#include "vm.h"

/** Something has come for @vcpu, which may be waiting for it. */
static void vcpu_notice(struct vcpu *vcpu)
{
    if (vcpu->wait == WAIT_INTERRUPT || vcpu->wait == WAIT_DELAY) {
        sched_wake(vcpu);
    }
}

void gic_vcpu_interrupts(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_pend(vcpu, n, bits);
    vcpu_notice(vcpu);
}

/** Whose SPI @intid is, of the vCPUs here; NULL if nobody's. */
static struct vcpu *spi_owner(uint32_t intid)
{
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        if (plan_vm_owns(vcpus[i].vm, (intid_t){intid})) {
            return &vcpus[i];
        }
    }
    return NULL;
}

/** Interrupt @intid was acknowledged at EL2 and its priority dropped. */
static void interrupt_handle(uint32_t intid)
{
    switch (intid) {
    case GIC_KICK_SGI:
    case GIC_VIRTUAL_SGI:
        interrupt_deactivate(intid);
        vm_attend();
        return;
    case GIC_PPI_TIMER_EL2:
        clock_arm(CLOCK_NEVER); /* or it would come again at once: it is a level */
        isb();
        interrupt_deactivate(intid);
        sched_expire();
        return;
    case GIC_PPI_MAINTENANCE:
        if (this_cpu.vcpu != NULL) {
            lists_refill(this_cpu.vcpu);
        }
        interrupt_deactivate(intid);
        return;
    default:
        break;
    }
    if (intid < 16) {
        interrupt_deactivate(intid); /* sent by a neighbour with direct interrupts: means nothing here */
        return;
    }
    struct vcpu *vcpu = intid < PLAN_FIRST_SPI ? this_cpu.vcpu : spi_owner(intid);
    if (vcpu != NULL) {
        if (!lists_put(vcpu, intid)) {
            lists_pend(vcpu, intid / 32, 1U << intid % 32);
        }
        vcpu_notice(vcpu);
    }
}

/** The common case of @kick, GIC_VIRTUAL_SGI: one SGI, enabled, and nothing else in the list registers. Anything else
 * is left to interrupt_exit_rest. */
static inline uint64_t sgi_arrived(uint32_t kick)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    const struct gic_private *private = vcpu->private;
    uint32_t sgis = atomic_exchange_explicit(&vcpu->state->sgis, 0, memory_order_acquire);
    uint32_t enabled = sgis & atomic_load_explicit(&private->enabled, memory_order_relaxed);

    interrupt_drop(kick);
    if (enabled == sgis && (sgis & (sgis - 1)) == 0 && sgis != 0 && read_icc(ICH_ELRSR_EL2) == gic_lists_empty &&
        !vcpu->gic.kept) {
        uint64_t intid = (uint64_t)__builtin_ctz(sgis);
        uint64_t priority = private->priority[intid];
        write_icc(ICH_LR0_EL2, LR_PENDING | LR_GROUP1 | priority << LR_PRIORITY_SHIFT | intid);
        interrupt_deactivate(kick);
        return INTERRUPT_DONE;
    }
    atomic_fetch_or(&vcpu->state->sgis, sgis);
    return GIC_VIRTUAL_SGI | INTERRUPT_DROPPED;
}

uint64_t interrupt_exit(void)
{
    uint32_t intid = (uint32_t)read_icc(ICC_IAR1_EL1);

    if (intid == GIC_VIRTUAL_SGI) {
        return sgi_arrived(intid);
    }

    if (intid - GIC_PPI_TIMER_VIRTUAL >= GIC_INTID_SPECIAL - GIC_PPI_TIMER_VIRTUAL ||
        !plan_vm_owns(this_cpu.vm, (intid_t){intid})) {
        return intid;
    }
    uint64_t priority = read_icc(ICC_RPR_EL1); /* that of this interrupt: the guest gave it to the hardware */
    uint64_t empty = read_icc(ICH_ELRSR_EL2);
    interrupt_drop(intid);
    if ((read_icc(ICH_HCR_EL2) & ICH_HCR_NPIE) != 0) {
        return intid | INTERRUPT_DROPPED; /* others wait for room, and may be more urgent */
    }
    uint64_t list =
        LR_PENDING | LR_HW | LR_GROUP1 | priority << LR_PRIORITY_SHIFT | (uint64_t)intid << LR_PINTID_SHIFT | intid;
    if ((empty & 1) != 0) {
        write_icc(ICH_LR0_EL2, list);
        return INTERRUPT_DONE;
    }
    if ((empty & 2) != 0) {
        write_icc(ICH_LR1_EL2, list);
        return INTERRUPT_DONE;
    }
    return intid | INTERRUPT_DROPPED;
}

void interrupt_exit_rest(uint64_t intid)
{
    if ((uint32_t)intid >= GIC_INTID_SPECIAL) {
        return; /* it went away */
    }
    dsb_sy(); /* what the sender of a kick stored before it is seen after the acknowledgement */
    if ((intid & INTERRUPT_DROPPED) == 0) {
        interrupt_drop(intid);
    }
    interrupt_handle((uint32_t)intid);
}

void gic_poll(void)
{
    if (!this_cpu.virtual_interrupts) {
        gic_direct_poll();
        return;
    }
    for (unsigned i = 0; i < GIC_POLL_MAX; i++) {
        uint32_t intid = (uint32_t)read_icc(ICC_IAR1_EL1);
        if (intid >= GIC_INTID_SPECIAL) {
            return;
        }
        dsb_sy();
        interrupt_drop(intid);
        interrupt_handle(intid);
    }
}

void gic_wait(void)
{
    if (!this_cpu.virtual_interrupts) {
        gic_direct_wait();
        return;
    }
    /* What is pending for the loaded vCPU, which may not run now, would end the sleep at once. */
    uint64_t hcr = read_icc(ICH_HCR_EL2);
    write_icc(ICH_HCR_EL2, hcr & ~ICH_HCR_EN);
    isb();
    cpu_wait();
    write_icc(ICH_HCR_EL2, hcr);
    gic_poll();
}
