/* SPDX-License-Identifier: Apache-2.0 */
/* Reads properties of device trees that libfdt has checked, and whose properties may still hold
 * anything. */
#ifndef COMPOSER_CHECK_TREE_READ_H
#define COMPOSER_CHECK_TREE_READ_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>

/** The first cell of a property; @otherwise if there is none. */
uint32_t tree_word(const void *tree, int node, const char *name, uint32_t otherwise);

/** The text that a property is; NULL if it has none, or no end. */
const char *tree_text(const void *tree, int node, const char *name);

/** A number of @count cells. */
uint64_t tree_cells(const fdt32_t *cells, int count);

/** Makes tree_above and tree_controller quick for @tree, the only one that they are so for, until
 * tree_forget. */
void tree_remember(const void *tree);
void tree_forget(void);

/** The node that @node is in; negative: it is the root. libfdt walks through the tree for each. */
int tree_above(const void *tree, int node);

/** Whether @node and all above it are enabled (Devicetree Specification 0.4, 2.3.4). */
bool tree_enabled(const void *tree, int node);

/** The first enabled node that is @compatible; negative: none. */
int tree_find(const void *tree, const char *compatible);

/** The node of the interrupt controller; negative: none. */
int tree_controller(const void *tree);

/** Which version of the GIC @node is, 2 or 3; 0: none. */
unsigned tree_controller_version(const void *tree, int node);

/* Of the third cell of a GICv2's specifier, if the first one is a PPI's: which CPUs have it
 * (Linux binding arm,gic). */
#define SPECIFIER_TYPE_PPI   1U
#define SPECIFIER_CPUS_SHIFT 8
#define SPECIFIER_CPUS       0xff00U

/** Whether two lists of interrupts of a GICv2 are the same but for the CPUs that have private
 * ones. */
bool tree_same_interrupts(const fdt32_t *left, const fdt32_t *right, int count);

/** Whether a property has just these bytes. */
bool tree_says(const void *tree, int node, const char *name, const void *bytes, int size);

/** The node with just this name below @node; negative: none. */
int tree_child(const void *tree, int node, const char *name);

#endif
