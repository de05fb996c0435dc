/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VMs' device trees under examination, and what the plan lets one expect in them.
 *
 * Trees are as hostile as all of the image. One that is in check->trees was checked by libfdt as a
 * whole, and is byte for byte what libfdt writes for what it says: nothing hides between its parts.
 */
#ifndef COMPOSER_CHECK_TREE_H
#define COMPOSER_CHECK_TREE_H

#include "check_context.h"
#include "check_tree_read.h"

#define TREE_DEPTH_MAX 64

/** Opens the tree of each VM; check->trees[vm] is NULL where it is damaged, or not where the plan
 * says. */
void check_trees_open(struct check *check);

/** What VM @vm's tree must say by the plan alone: CPUs, memory, interrupt controller, channels.
 * It becomes check->expected[vm]. Only if the VM's own tree is open. */
void *check_tree_expected(const struct check *check, uint32_t vm);

/** Whether @node, of the root, is described by check->expected[vm], or is the timer, the PMU,
 * aliases or chosen. */
bool check_tree_is_machine(const struct check *check, uint32_t vm, int node);

#endif
