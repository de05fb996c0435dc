/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets which device of the board. A VM claims the devices that it names and those they drag in; the
 * hypervisor claims the debug console. What follows from it (interrupts, pages of registers, DMA) is checked
 * before anything is given. A VM with `devices: rest` then claims one by one what is left, and keeps what it can have.
 */
#ifndef COMPOSER_CLAIMS_H
#define COMPOSER_CLAIMS_H

#include "vm_read.h"

#define CLAIM_BY_HYPERVISOR PLAN_NONE

struct claim {
    uint32_t device;      /* index into board.devices */
    uint32_t vm;          /* index of the VM, or CLAIM_BY_HYPERVISOR */
    struct named named;   /* what the user wrote, that leads here */
    const char *property; /* of the device above it that drags it in; NULL: named by the user */
};

struct claims {
    struct claim *list;
    size_t count;
};

/** Gives the devices to the VMs of @system: fills in vm.devices and board_device.owner. */
void claims_settle(struct system *system, const struct vm_source *sources, const struct named *console);

/** Gives VM @vm, at whose place @rest `devices: rest` stands, what nobody has yet (claim_rest.c). */
void claim_rest(struct system *system, struct claims *claims, uint32_t vm, struct place rest);

/** The claim on @device, or NULL. */
const struct claim *claim_find(const struct claims *claims, uint32_t device);

/** Adds a claim, or reports who has the device already. */
void claim_add(const struct system *system, struct claims *claims, struct claim claim);

/** Follows what the claims from number @first on drag in; checks and gives all of these. */
void claim_give(struct system *system, struct claims *claims, size_t first);

/** "vm linux" or "the hypervisor's console". */
const char *claim_holder(const struct system *system, const struct claim *claim);

/** The claimed device as the user called it; one that came along: with why, "clk (clocks of serial0)". */
const char *claim_words(const struct system *system, const struct claim *claim);

/** The device that the user means by @named. PLAN_NONE after a mistake: there is none that can be given. */
uint32_t claim_resolve(const struct board *board, struct named named);

/** Reports if the device cannot be given away by this version: PCI, strange interrupts or addresses. */
void claim_check_device(const struct system *system, const struct claim *claim);

/** Reports interrupts and pages of registers that different holders would share, and DMA that nothing confines, of the
 * claims from number @first on; marks unclaimed devices that lie in the page of a claimed one as the claimer's. */
void claim_check_sharing(struct system *system, const struct claims *claims, size_t first);

/** Reports memory of VMs that their devices could not reach where the VM sees it. */
void claim_check_memory(const struct system *system);

/** Takes the console's registers down in @system. */
void claim_console(struct system *system, const struct claim *claim);

#endif
