/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that a guest's device tree is written from; each file writes one kind of node. */
#ifndef COMPOSER_GUEST_DT_H
#define COMPOSER_GUEST_DT_H

#include <libfdt.h>

#include "layout.h"
#include "system.h"

/** Names of nodes that stand side by side. */
struct guest_dt_names {
    const char **list;
    size_t count;
};

/** A device tree that is being written, and for whom. */
struct guest_dt {
    const struct system *system;
    const struct layout *whole;
    const struct vm_layout *layout; /* of this VM */
    const struct vm *vm;
    const void *board;           /* the board's device tree */
    void *tree;                  /* the one being written, by libfdt's sequential functions */
    int error;                   /* the first of libfdt that occurred, or 0 */
    struct guest_dt_names names; /* of the root's nodes so far */
    const char **paths;          /* of the VM's devices, by their number in vm.devices */
    int *written;                /* nodes of the board that stand at the root */
    size_t written_count;
};

/** Makes the device tree of VM @vm, at most vm_layout.dtb_room bytes. */
bool guest_dt_make(const struct system *system, const struct layout *layout, size_t vm,
                   const void **dtb, size_t *size);

/* Between the files of guest_dt/: */

/* Writing; after an error they do nothing. */
void guest_dt_begin(struct guest_dt *dt, const char *name);
void guest_dt_end(struct guest_dt *dt);
void guest_dt_bytes(struct guest_dt *dt, const char *name, const void *bytes, size_t size);
void guest_dt_text(struct guest_dt *dt, const char *name, const char *text);
void guest_dt_flag(struct guest_dt *dt, const char *name);
void guest_dt_cell(struct guest_dt *dt, const char *name, uint32_t value);
void guest_dt_number(struct guest_dt *dt, const char *name, uint64_t value);

/** "reg" of 64-bit addresses and sizes. */
void guest_dt_registers(struct guest_dt *dt, const struct range *ranges, size_t count);

/** Adds @name to @names, or a name like it that is not there yet. Returns what was added. */
const char *guest_dt_name(struct guest_dt_names *names, const char *name);

/** Begins a node of the root; gives it another name if there is one of this name. Returns its
 * path. */
const char *guest_dt_begin_top(struct guest_dt *dt, const char *name);

/** The phandle by which the guest's tree refers to @node of the board's; 0: none. */
uint32_t guest_dt_phandle(const struct guest_dt *dt, int node);

/** Copies the property at offset @property of @node of the board's tree. */
void guest_dt_copy_property(struct guest_dt *dt, int node, int property);

/** Fits an interrupt of @controller, a node of the board's, to the VM (guest_dt_interrupts.c). */
void guest_dt_fit_interrupt(const struct guest_dt *dt, int controller, fdt32_t *specifier);

/** Writes property @name, "interrupts" or "interrupts-extended" of @node of the board's, with
 * each fitted to the VM. */
void guest_dt_interrupts(struct guest_dt *dt, int node, const char *name);

/** Copies @node of the board's tree, and what of it the VM has, to the root, if it isn't there yet
 * (guest_dt_nodes.c).
 */
void guest_dt_node(struct guest_dt *dt, int node);

/** Nodes that every VM has: CPUs, PSCI, memory, GIC, timer, PMU, info page (guest_dt_machine.c). */
void guest_dt_machine(struct guest_dt *dt);

/** Channels, watchdog, and what a manager has (guest_dt_shared.c). */
void guest_dt_shared(struct guest_dt *dt);

/** The VM's devices and what they depend on; then aliases and chosen (guest_dt_devices.c). */
void guest_dt_devices(struct guest_dt *dt);

#endif
