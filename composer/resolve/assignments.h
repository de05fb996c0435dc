/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets which device of the board. A VM asks for the devices that it names and those they drag
 * in; the hypervisor asks for the debug console. What follows from it (interrupts, pages of
 * registers, DMA) is checked before anything is given. A VM with `devices: rest` then asks one by
 * one for what is left, and keeps what it can have.
 */
#ifndef COMPOSER_ASSIGNMENTS_H
#define COMPOSER_ASSIGNMENTS_H

#include "vm_read.h"

#define ASSIGNMENT_BY_HYPERVISOR PLAN_NONE

struct assignment {
    uint32_t device;      /* index into board.devices */
    uint32_t vm;          /* index of the VM, or CLAIM_BY_HYPERVISOR */
    struct named named;   /* what the user wrote, that leads here */
    const char *property; /* of the device above it that drags it in; NULL: named by the user */
};

struct assignments {
    struct assignment *list;
    size_t count;
};

/** Gives the devices to the VMs of @system: fills in vm.devices and board_device.owner. */
void assignments_resolve(struct system *system, const struct vm_source *sources,
                         const struct named *console);

/** Gives VM @vm, at whose place @rest `devices: rest` stands, what nobody has yet
 * (assignment_rest.c).
 */
void assignment_rest(struct system *system, struct assignments *assignments, uint32_t vm,
                     struct source_location rest);

/** The assignment of @device, or NULL. */
const struct assignment *assignment_find(const struct assignments *assignments, uint32_t device);

/** Adds an assignment, or reports who has the device already. */
void assignment_add(const struct system *system, struct assignments *assignments,
                    struct assignment assignment);

/** Follows what the assignments from number @first on drag in; checks and gives all of these. */
void assignment_give(struct system *system, struct assignments *assignments, size_t first);

/** "vm linux" or "the hypervisor's console". */
const char *assignment_holder(const struct system *system, const struct assignment *assignment);

/** The claimed device as the user called it; one that came along: with why, "clk (clocks of
 * serial0)". */
const char *assignment_words(const struct system *system, const struct assignment *assignment);

/** The device that the user means by @named. PLAN_NONE after a mistake: there is none that can be
 * given. */
uint32_t assignment_resolve(const struct board *board, struct named named);

/** Reports if the device cannot be given away by this version: PCI, strange interrupts or
 * addresses. */
void assignment_check_device(const struct system *system, const struct assignment *assignment);

/** Reports interrupts and pages of registers that different holders would share, and DMA that
 * nothing confines, of the assignments from number @first on; marks unassigned devices that lie in
 * the page of a claimed one as the claimer's. */
void assignment_check_sharing(struct system *system, const struct assignments *assignments,
                              size_t first);

/** Reports memory of VMs that their devices could not reach where the VM sees it. */
void assignment_check_memory(const struct system *system);

/** Takes the console's registers down in @system. */
void assignment_console(struct system *system, const struct assignment *assignment);

#endif
