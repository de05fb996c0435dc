/* SPDX-License-Identifier: Apache-2.0 */
/* Reads properties of device trees (check_tree_read.h). */
#include "check_tree_read.h"

#include <string.h>

uint32_t tree_word(const void *tree, int node, const char *name, uint32_t otherwise)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, node, name, &length);
    return cells != NULL && length >= 4 ? fdt32_to_cpu(cells[0]) : otherwise;
}

const char *tree_text(const void *tree, int node, const char *name)
{
    int length;
    const char *text = fdt_getprop(tree, node, name, &length);
    return text != NULL && length > 0 && memchr(text, 0, (size_t)length) == text + length - 1 ? text : NULL;
}

uint64_t tree_cells(const fdt32_t *cells, int count)
{
    uint64_t number = 0;
    for (int i = 0; i < count; i++) {
        number = number << 32 | fdt32_to_cpu(cells[i]);
    }
    return number;
}

bool tree_says(const void *tree, int node, const char *name, const void *bytes, int size)
{
    int length;
    const void *value = fdt_getprop(tree, node, name, &length);
    return value != NULL && length == size && (size == 0 || memcmp(value, bytes, (size_t)size) == 0);
}

bool tree_enabled(const void *tree, int node)
{
    for (; node >= 0; node = fdt_parent_offset(tree, node)) {
        const char *status = tree_text(tree, node, "status");
        if (status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0) {
            return false;
        }
    }
    return true;
}

int tree_find(const void *tree, const char *compatible)
{
    int node = fdt_node_offset_by_compatible(tree, -1, compatible);
    while (node >= 0 && !tree_enabled(tree, node)) {
        node = fdt_node_offset_by_compatible(tree, node, compatible);
    }
    return node;
}

int tree_controller(const void *tree)
{
    return tree_find(tree, "arm,gic-v3");
}

/* libfdt takes a name without an address for any that begins so. */
int tree_child(const void *tree, int node, const char *name)
{
    int child;
    fdt_for_each_subnode(child, tree, node)
    {
        if (strcmp(fdt_get_name(tree, child, NULL), name) == 0) {
            return child;
        }
    }
    return -FDT_ERR_NOTFOUND;
}
