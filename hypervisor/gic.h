/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller, whichever it is: what the rest of the hypervisor needs of it. One file set per GIC
 * implements this (arch/arm/gic/).
 */
#ifndef HYPERVISOR_GIC_H
#define HYPERVISOR_GIC_H

#include "vcpu.h"

/** Brings the distributor to its first state, as the plan says. Once, on the boot CPU. Returns false, and logs it, if
 * it has fewer interrupts than the plan counts on. */
bool gic_init(void);

/** Wakes this CPU's interface, and opens it if interrupts come to EL2 here. Once on each CPU. Returns false, and logs
 * it, if what the plan takes for it is another CPU's. */
bool gic_cpu_init(void);

/** Sleeps until there is something for EL2 on this CPU, while no guest runs, and deals with it. */
void gic_wait(void);

/** Deals with the interrupts that are there for EL2 now, at most GIC_POLL_MAX. */
void gic_poll(void);

#define GIC_POLL_MAX 16U

/** Makes SPI @intid, edge-triggered, pending: after all that was stored before. */
void gic_pend(intid_t intid);

/** Wakes the CPU of @vcpu (index in the plan; of a VM whose root is mapped here), in its guest or at EL2, to look at
 * what is asked of it (vm_attend). A guest with direct interrupts that sleeps with its own interface closed
 * (ICC_PMR_EL1 = 0 or ICC_IGRPEN1_EL1 = 0) can't be woken by any interrupt; its own VM waits for it then, nobody else.
 */
void gic_kick(uint32_t vcpu);

/** Disables all SPIs of @vm. */
void gic_vm_disable(const struct plan_vm *vm);

/** Resets some of its SPIs, which are disabled: not pending or active, of the first priority, routed as at boot.
 * @word, 0 at first, tells which. Returns whether there are more. Cost: at most 32 SPIs. */
bool gic_vm_reset(const struct plan_vm *vm, uint32_t *word);

/* The interrupts of a vCPU of this CPU. */

/** Takes those of the loaded vCPU, which has virtual interrupts, out of the hardware. */
void gic_vcpu_save(struct gic_vcpu *gic);

/** Takes those of @from, unless that is NULL, out of the hardware, and puts those of @vcpu there, after an isb. @timer:
 * its virtual timer has expired; the hardware need not raise that first. */
void gic_vcpu_switch(struct vcpu *from, struct vcpu *vcpu, bool timer);

/** As after a reset: @vcpu, which is not loaded, has none, and has set up none. */
void gic_vcpu_reset(struct vcpu *vcpu);

/** @vcpu goes off: what it has not taken or not ended is the hardware's again, so that SPIs come where they are routed.
 */
void gic_vcpu_off(struct vcpu *vcpu);

/** Another CPU may have sent something to @vcpu, which takes it when it runs: now if it does. Returns whether it waits,
 * and is to be made ready for that. */
bool gic_vcpu_attend(struct vcpu *vcpu);

/** @vcpu, whose turn it is, takes what other CPUs have sent to it. */
void gic_take_sent(struct vcpu *vcpu);

/** Whether @vcpu, which has virtual interrupts, has enabled its private interrupt @intid. */
bool gic_vcpu_enabled(const struct vcpu *vcpu, uint32_t intid);

/** Whether @vcpu, which is loaded and has virtual interrupts, has one pending that it could take, so that it does not
 * wait. */
bool gic_vcpu_pending(struct vcpu *vcpu);

/** A register of the CPU interface, by the encoding @code of its trap, that the loaded vCPU reads or writes. False: it
 * is none of those that are trapped. Cost: bounded by the VM's vCPUs and interrupts. */
bool gic_register_read(uint64_t code, uint64_t *value);
bool gic_register_write(uint64_t code, uint64_t value);

/** The loaded vCPU, which has virtual interrupts, deactivates interrupt @intid, if there is such a one. */
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

/** Whether the loaded vCPU's VM, @vm, finds something of its interrupt controller at @address that is emulated. */
bool gic_has(const struct plan_vm *vm, uint64_t address);

/** Emulates @access to the loaded vCPU's interrupt controller at @address.
 *
 * Returns  false if there is nothing of it, or the register can't be accessed in that size: a fault of the guest; then
 *          nothing was touched.
 * Cost     bounded; a whole register at a time, masked to what the VM owns (bench: gicd_*).
 */
bool gic_access(uint64_t address, struct gic_access *access);

#endif
