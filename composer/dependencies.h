/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device needs to work, by the phandles in the board's device tree: clocks, resets, regulators, pins...
 * A node without registers (a fixed clock) is copied into the tree of every guest that needs it. One with
 * registers is a device: it must belong to the same VM.
 */
#ifndef COMPOSER_DEPENDENCIES_H
#define COMPOSER_DEPENDENCIES_H

#include "system.h"

enum dependency_kind {
    DEPENDENCY_COPY,     /* no registers: every guest may have its own copy */
    DEPENDENCY_DEVICE,   /* a device of the board */
    DEPENDENCY_UNUSABLE, /* disabled, or reserved memory */
};

struct dependency {
    enum dependency_kind kind;
    int node;
    uint32_t device;      /* DEPENDENCY_DEVICE: index into board.devices */
    const char *property; /* that names it, in the device or in a copied node */
};

/** What the device @device needs, directly or by way of nodes without registers; each node once. */
void dependencies_find(const struct board *board, uint32_t device, struct dependency **dependencies, size_t *count);

#endif
