/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the board's device tree (Devicetree Specification 0.4) that libfdt leaves open: where a node's
 * registers lie in the CPU's address space, which interrupts of the GIC it raises, which nodes it refers to.
 */
#ifndef COMPOSER_TREE_H
#define COMPOSER_TREE_H

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system.h"

/** A node that a property refers to by phandle. */
struct tree_reference {
    int node;
    const char *property;
};

/** An interrupt of a node, as the GIC counts it. */
struct tree_interrupt {
    uint32_t intid;
    bool edge;
};

/** The number in @count cells (1 or 2; of more the last two count). */
uint64_t tree_number(const fdt32_t *cells, int count);

/** The first cell of property @name, or @otherwise. */
uint32_t tree_cell(const void *dtb, int node, const char *name, uint32_t otherwise);

/** Full path of @node, a new string. */
const char *tree_path(const void *dtb, int node);

/** Node @node or an ancestor has property @name. */
bool tree_inherits(const void *dtb, int node, const char *name);

/** Neither the node nor an ancestor is disabled (specification, 2.3.4). */
bool tree_is_enabled(const void *dtb, int node);

/** The node of the GICv3, or a negative number. */
int tree_gic(const void *dtb);

/** The registers of @node in the CPU's address space; none if they have no address there. */
void tree_registers(const void *dtb, int node, struct range **registers, size_t *count);

/** The node that the entries of "interrupts" of @node go to, or a negative number. */
int tree_interrupt_parent(const void *dtb, int node);

/**
 * Adds the interrupts that @node itself sends to the GIC to @interrupts. Returns false if one goes by way of
 * an interrupt-map or is of an extended range, which this version cannot route.
 */
bool tree_interrupts(const void *dtb, int node, struct tree_interrupt **interrupts, size_t *count);

/** Adds the nodes that properties of @node itself refer to, without its interrupt controller if that is the GIC. */
void tree_references(const void *dtb, int node, struct tree_reference **references, size_t *count);

#endif
