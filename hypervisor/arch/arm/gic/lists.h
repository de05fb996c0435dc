/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list registers, and what doesn't fit into them. All on the CPU of the vCPU concerned.
 */
#ifndef ARM_GICV3_LISTS_H
#define ARM_GICV3_LISTS_H

#include "core_local.h"
#include "vcpu.h"

/** This CPU's interrupt controller. */
extern PERCPU struct gic_cpu {
    /* the registers of its private interrupts, where interrupts come to EL2 */
    uint64_t private_frame;
    uint64_t lists_empty;  /* lr_empty when all list registers are */
    uint32_t list_count;   /* how many it has */
    uint32_t active_words; /* words of active priorities that its virtual interface has */
    /* GICv3: the trapped access (ESR_EL2.ISS) by which virtual SGIs are sent; else no access */
    uint64_t sgi_code;
    /* PPIs that a guest may have: the rest of word 0 is EL2's own in the hardware */
    uint32_t guest_ppis;
} gic_cpu;

/** EL2 has taken, for @vcpu, those of interrupts 32 @n to 32 @n + 31 that @bits tells: it will
 * see them as pending. */
void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits);

/** Puts the most urgent of what is kept for the loaded vCPU into list registers, and asks for an
 * interrupt when there is room for the rest. Cost: bounded by the VM's number of interrupts. */
void lists_refill(struct vcpu *vcpu);

/** The guest deactivates, of interrupts 32 @n to 32 @n + 31, those that @bits tells. */
void lists_end(struct vcpu *vcpu, uint32_t n, uint32_t bits);

/** The guest makes interrupts @bits of 32 @n to 32 @n + 31 active itself. */
void lists_activate(struct vcpu *vcpu, uint32_t n, uint32_t bits);

/** Takes back the pending ones of @mask among interrupts 32 @n to 32 @n + 31 from the loaded
 * vCPU: the guest has disabled them (@again: they stay pending in the hardware) or has cleared
 * their pending state. */
void lists_retire(struct vcpu *vcpu, uint32_t n, uint32_t mask, bool again);

/** Gives all pending SPIs back to the hardware, where they stay pending, and has @sgis pending,
 * which were sent to it. @vcpu may be loaded or not. */
void lists_recall(struct vcpu *vcpu, uint32_t sgis);

/** Gives everything back to the hardware that was taken for @vcpu, which is not loaded. */
void lists_drop(struct vcpu *vcpu);

/** Whether hardware interrupt @intid is somewhere here already, of @vcpu, which may be loaded or
 * not. */
bool lists_have(const struct vcpu *vcpu, uint32_t intid);

/** Of interrupts 32 @n to 32 @n + 31: those that the loaded vCPU has pending here, and those
 * active. */
uint32_t lists_pending(const struct vcpu *vcpu, uint32_t n);
uint32_t lists_active(const struct vcpu *vcpu, uint32_t n);

#endif
