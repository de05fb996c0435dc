/* SPDX-License-Identifier: Apache-2.0 */
/* Follows phandles from a device to everything it needs. */
#include "dependencies.h"

#include "board.h"
#include "memory.h"
#include "tree.h"

static enum dependency_kind classify(const struct board *board, int node, uint32_t *device)
{
    int reserved = fdt_path_offset(board->dtb, "/reserved-memory");

    *device = board_device_of(board, node);
    if (*device != PLAN_NONE)
        return DEPENDENCY_DEVICE;
    if (!tree_is_enabled(board->dtb, node) || (reserved >= 0 && fdt_parent_offset(board->dtb, node) == reserved))
        return DEPENDENCY_UNUSABLE;
    return DEPENDENCY_COPY;
}

/* References of @node and of the nodes in it, without those in it that are devices of their own. */
static void collect(const struct board *board, int node, struct tree_reference **references, size_t *count)
{
    int child;

    tree_references(board->dtb, node, references, count);
    fdt_for_each_subnode(child, board->dtb, node)
    {
        uint32_t device = board_device_of(board, child);

        if (device == PLAN_NONE || board->devices[device].node != child)
            collect(board, child, references, count);
    }
}

static bool is_known(const struct dependency *found, size_t found_count, const struct dependency *one)
{
    for (size_t i = 0; i < found_count; i++)
        if (found[i].node == one->node || (one->kind == DEPENDENCY_DEVICE && found[i].device == one->device))
            return true;
    return false;
}

void dependencies_find(const struct board *board, uint32_t device, struct dependency **dependencies, size_t *count)
{
    struct tree_reference *references = NULL;
    size_t reference_count = 0;

    *dependencies = NULL;
    *count = 0;
    collect(board, board->devices[device].node, &references, &reference_count);
    for (size_t i = 0; i < reference_count; i++) {
        struct dependency one = {.node = references[i].node, .property = references[i].property};

        one.kind = classify(board, one.node, &one.device);
        if (one.kind == DEPENDENCY_DEVICE && one.device == device)
            continue;
        if (is_known(*dependencies, *count, &one))
            continue;
        *ARRAY_ADD(*dependencies, *count) = one;
        if (one.kind == DEPENDENCY_COPY)
            collect(board, one.node, &references, &reference_count);
    }
}
