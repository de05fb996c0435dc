/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the interrupt controller tell each other, and vectors.S.
 */
#ifndef ARM_GIC_LOCAL_H
#define ARM_GIC_LOCAL_H

#include "gic.h"
#include "interface.h"
#include "mmio.h"

/** Whether @vm owns interrupt @intid. */
static inline bool plan_vm_owns(const struct plan_vm *vm, intid_t intid)
{
    return (vm->intids[intid.id / 32] >> (intid.id % 32) & 1U) != 0;
}

/** Disables the private interrupts of @frame; none stays pending or active; all in group 1. */
void gic_private_reset(uint64_t frame);

/** Sets up which of the interface's registers are trapped here, and how SGIs that are sent by one
 * reach this CPU's vCPUs. Once, at boot. */
void gic_traps_init(void);

/* A CPU whose guest has the hardware's interface (direct interrupts). */

/** Private interrupts and interface as after a reset: for a guest that is about to start. */
void gic_direct_reset(void);

/** Sleeps at EL2, everything masked but a kick, and attends to it. */
void gic_direct_wait(void);

/** Attends to a kick if there is one. */
void gic_direct_poll(void);

/** The part of saving and loading that most switches don't need: list registers beyond the first.
 * The second returns those of this CPU's PPIs that the vCPU has taken and not ended. */
void gic_lists_save(struct gic_vcpu *gic);
uint32_t gic_lists_load(const struct gic_vcpu *gic);

/** Makes those PPIs of this CPU enabled that @vcpu, which is loaded, has enabled. */
void gic_private_set_up(const struct vcpu *vcpu);

/* SPIs of VMs with virtual interrupts (spis.c). */

extern struct gic_spis gic_spis[PLAN_MAX_VMS];

/** Whom EL2 has taken an SPI for last, by INTID: index of the vCPU in the plan. An SPI that is
 * active in the hardware is there. Written by the CPU that takes it. */
extern uint8_t gic_spi_holders[PLAN_MAX_INTIDS];

/** The loaded vCPU enables, or disables, @bits of its VM's SPIs 32 @n to 32 @n + 31. When it
 * returns the disabled ones don't come any more. */
void spis_enable(uint32_t n, uint32_t bits, bool enable);

/** Those that its VM has enabled. */
uint32_t spis_enabled(uint32_t n);

/** Those that are muted because their vCPU has them, whatever the hardware says. */
uint32_t spis_again(uint32_t n);

/** SPI @intid of @vm does not come any more, whatever its guest does, until it is unmuted. */
void spi_mute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why);
void spi_unmute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why);
bool spi_is_muted(const struct plan_vm *vm, uint32_t intid, enum gic_mute why);

/** Unmutes those that were because @vcpu, which is about to start, was off. Cost: bounded by the
 * VM's SPIs. */
void spis_unmute_routed(const struct vcpu *vcpu);

/** None of SPIs 32 @n to 32 @n + 31 of @vm, no vCPU of which runs, is enabled or muted any more,
 * as far as is kept. */
void spis_reset(const struct plan_vm *vm, uint32_t n);

/** Those of interrupts 32 @n to 32 @n + 31 that the loaded VM owns and that are in the registers
 * at @bank. */
uint32_t gic_bank_mask(uint64_t bank, uint32_t n);

/** Finds out how many bits of priority there are. Once, at boot. */
void gic_priorities_init(void);

/** Sets the priority of private interrupt @intid, in as many bits as the hardware has. */
void gic_private_set_priority(struct gic_private *private, uint32_t intid, uint8_t priority);

/** The set-up of private interrupts of @vcpu, which is loaded, has changed. */
void gic_private_changed(struct vcpu *vcpu);

/* An access that v2/emulation.c or v3/emulation.c permits: the register exists, in that size, at
 * a multiple of it. */
typedef void gic_register_handler(struct gic_access *access);

/** Whether @access is one of @sizes in bytes, a set of them as their sum, and at a multiple of its
 * own. */
static inline bool gic_is_permitted(const struct gic_access *access, uint32_t sizes)
{
    return (access->size & sizes) != 0 && access->offset % access->size == 0;
}

/* the first registers: those of the distributor as a whole */
gic_register_handler gic_access_control;
/* a bit per interrupt, written as set or clear: the VM's own go through */
gic_register_handler gic_access_bits;
/* a byte per interrupt; those of others keep their value */
gic_register_handler gic_access_priority;
gic_register_handler gic_access_trigger; /* two bits per interrupt, to be read only */

/** The guest sends SPI @intid, its VM's, to vCPU @vcpu (index in the plan; its VM's, too). */
void gic_spi_route(uint32_t intid, uint32_t vcpu);

/** The guest sends SPI @intid, its VM's, nowhere: it stays pending. A GICv2's only. */
void gic_spi_withdraw(uint32_t intid);

/** The vCPU (index in the plan) of the loaded vCPU's VM to which SPI @intid goes; PLAN_NONE: to
 * none. */
uint32_t gic_spi_vcpu(uint32_t intid);

/* Private interrupts of a vCPU with virtual interrupts. */
gic_register_handler gic_access_private_bits;
gic_register_handler gic_access_private_trigger;

/** Something has come for @vcpu, which may be waiting for it. */
void gic_vcpu_notice(struct vcpu *vcpu);

/** Makes the CPU of @vcpu (index in the plan; of the loaded vCPU's VM) give back the SPIs that it
 * has taken for it and that the guest has not begun: they become pending again, where they are
 * routed now. */
void gic_recall(uint32_t vcpu);

/* The exit path's. */

/** The common case of a trapped system register access @esr of the guest whose registers are in
 * @frame: an SGI to one other vCPU; sends it and lets the guest go on. Else returns false:
 * sysreg_exit does it. Changes no register of the guest, nor who runs. Cost with entry and
 * return, and what the receiver does: 160 instructions (bench: virtual_sgi_total). */
bool sgi_exit(uint64_t esr, const struct exit_frame *frame);

#define INTERRUPT_DONE    (1ULL << 32) /* the guest has it; nothing else to do */
#define INTERRUPT_DROPPED (1ULL << 33) /* its priority is dropped already */

/** The common path: an interrupt of the running vCPU goes into a list register. Returns
 * INTERRUPT_DONE, or what interrupt_exit_rest needs. Cost with entry and return: 66 instructions
 * (bench: virtual_timer_irq_el2). */
uint64_t interrupt_exit(void);

/** All other interrupts, as interrupt_exit returned them; may change who runs. */
void interrupt_exit_rest(uint64_t found);

#endif
