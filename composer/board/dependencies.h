/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device needs to work: the nodes that its properties refer to by phandle (clocks, resets,
 * regulators, pins...), and the node that it is a part of, if that is more than a bus. A node
 * without registers (a fixed clock) is copied into the tree of every guest that needs it, with all
 * of the node that it is a part of, since that is what a driver looks for. One with registers is a
 * device: it must belong to the same VM.
 */
#ifndef COMPOSER_DEPENDENCIES_H
#define COMPOSER_DEPENDENCIES_H

#include "board.h"

enum dependency_kind {
    DEPENDENCY_COPY,     /* no registers: every guest may have its own copy */
    DEPENDENCY_DEVICE,   /* a device of the board */
    DEPENDENCY_UNUSABLE, /* no VM can have it */
};

struct dependency {
    enum dependency_kind kind;
    int node;             /* DEPENDENCY_COPY: the outermost one of those that are copied */
    uint32_t device;      /* DEPENDENCY_DEVICE: index into board.devices */
    const char *property; /* that names it, in the device or in a copied node; "parent" */
    const char *reason;   /* DEPENDENCY_UNUSABLE: what it is that no VM can have */
    bool direct;          /* the device itself says so, not a node that is copied for it */
};

/** What the device @device needs, directly or by way of nodes without registers; each node once. */
void dependencies_find(const struct board *board, uint32_t device, struct dependency **dependencies,
                       size_t *count);

#endif
