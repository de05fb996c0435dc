/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GIC: what the rest of the Arm ports needs of it, beyond what the common code does.
 */
#ifndef ARM_GIC_H
#define ARM_GIC_H

#include "interrupts.h"

/* The interrupts of a vCPU of this CPU. */

/** Takes those of the loaded vCPU, which has virtual interrupts, out of the hardware. */
void gic_vcpu_save(struct gic_vcpu *gic);

/** Takes those of @from, unless that is NULL, out of the hardware, and puts those of @vcpu there,
 * after an isb. @timer: its virtual timer has expired; the hardware need not raise that first. */
void gic_vcpu_switch(struct vcpu *from, struct vcpu *vcpu, bool timer);

/** As after a reset: @vcpu, which is not loaded, has none, and has set up none. */
void gic_vcpu_reset(struct vcpu *vcpu);

/** Whether @vcpu, which has virtual interrupts, has enabled its private interrupt @intid. */
bool gic_vcpu_enabled(const struct vcpu *vcpu, uint32_t intid);

/** A register of the CPU interface, by the encoding @code of its trap, that the loaded vCPU reads
 * or writes. False: it is none of those that are trapped. Cost: bounded by the VM's vCPUs and
 * interrupts. */
bool gic_register_read(uint64_t code, uint64_t *value);
bool gic_register_write(uint64_t code, uint64_t value);

/** The loaded vCPU, which has virtual interrupts, deactivates interrupt @intid, if there is such
 * a one. */
void gic_guest_deactivate(uint64_t intid);

/** An access of the loaded vCPU to its interrupt controller. */
struct gic_access {
    uint32_t size; /* 1, 2, 4 or 8 bytes */
    bool write;
    uint64_t value; /* to write; or what was read */
    /* Of no meaning for the caller. */
    uint64_t offset; /* in bytes from the start of what it lies in */
    uint64_t bank;   /* where the hardware has the same registers */
    uint32_t vcpu;   /* private interrupts: whose it is, an index in the plan */
};

/** Whether the loaded vCPU's VM, @vm, finds something of its interrupt controller at @address
 * that is emulated. */
bool gic_has(const struct plan_vm *vm, uint64_t address);

/** Emulates @access to the loaded vCPU's interrupt controller at @address.
 *
 * Returns  false if there is nothing of it, or the register can't be accessed in that size: a fault
 *          of the guest; then nothing was touched.
 * Cost     bounded; a whole register at a time, masked to what the VM owns (bench: gicd_*).
 */
bool gic_access(uint64_t address, struct gic_access *access);
#endif
