/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the board's device tree (Devicetree Specification 0.4) that libfdt leaves open:
 * where a node's registers lie in the CPU's address space, which interrupts of the GIC it raises,
 * which nodes it refers to.
 */
#ifndef COMPOSER_TREE_H
#define COMPOSER_TREE_H

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

/** A node that a property refers to by phandle. */
struct tree_reference {
    int node;
    const char *property;
};

#define TREE_SPECIFIER_CELLS 8 /* that an interrupt has at most */

/** An interrupt of a node, where it ends up. */
struct tree_interrupt {
    int controller;
    uint32_t cells[TREE_SPECIFIER_CELLS]; /* as the controller wants them */
    bool mapped;                          /* an interrupt-map has led it there */
    /* as the GIC counts it; PLAN_NONE: its controller is another one */
    uint32_t intid;
    bool edge;
};

/** The number in @count cells (1 or 2; of more the last two count). */
uint64_t tree_number(const fdt32_t *cells, int count);

/** The first cell of property @name, or @otherwise. */
uint32_t tree_cell(const void *dtb, int node, const char *name, uint32_t otherwise);

/** The node above @node; a negative number for the root. */
int tree_parent(const void *dtb, int node);

/** The node /@name, or a negative number. */
int tree_top(const void *dtb, const char *name);

/** A child of /reserved-memory. */
bool tree_is_reserved(const void *dtb, int node);

/** The node that has @phandle, or a negative number. */
int tree_by_phandle(const void *dtb, uint32_t phandle);

/** Full path of @node, a new string. */
const char *tree_path(const void *dtb, int node);

/** Node @node or an ancestor has property @name. */
bool tree_inherits(const void *dtb, int node, const char *name);

/** Neither the node nor an ancestor is disabled (specification, 2.3.4). */
bool tree_is_enabled(const void *dtb, int node);

/** A bus that needs no driver (specification, 4.5): what registers it names are its children's. */
bool tree_is_bus(const void *dtb, int node);

/**
 * The nearest node above @node that does something for it: neither a plain bus nor a folder without
 * a compatible nor the root. A negative number if there is none, or the GIC, which each VM has a
 * view of.
 */
int tree_provider(const void *dtb, int node);

/** The first enabled node that is @compatible, or a negative number. */
int tree_compatible(const void *dtb, const char *compatible);

/** The node of the GIC, or a negative number; its version, 2 or 3. */
int tree_gic(const void *dtb);
unsigned tree_gic_version(const void *dtb);

/** The registers of @node in the CPU's address space; none if they have no address there. */
void tree_registers(const void *dtb, int node, struct range **registers, size_t *count);

/**
 * What memory a device reaches by DMA through the buses above it (dma-ranges): *@windows, or all if
 * *@count is 0. Returns NULL, or the path of a bus beyond which memory has other addresses than for
 * the CPU; then there are no windows.
 */
const char *tree_dma_windows(const void *dtb, int node, struct range **windows, size_t *count);

/** The controller or nexus that the entries of "interrupts" of @node go to, or a negative number.
 */
int tree_interrupt_parent(const void *dtb, int node);

/**
 * Adds the interrupts that @node itself sends to @interrupts, each with the controller where it
 * ends. Returns NULL, or what is wrong with one ("has interrupts whose ..."); those before it have
 * been added.
 */
const char *tree_interrupts(const void *dtb, int node, struct tree_interrupt **interrupts,
                            size_t *count);

/** Adds the nodes that properties of @node itself refer to, without its interrupt controller if
 * that is the GIC. */
void tree_references(const void *dtb, int node, struct tree_reference **references, size_t *count);

#endif
