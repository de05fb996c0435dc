/* SPDX-License-Identifier: Apache-2.0 */
/* Reads properties of device trees (check_tree_read.h). */
#include "check_tree_read.h"

#include <stdlib.h>
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
    return text != NULL && length > 0 && memchr(text, 0, (size_t)length) == text + length - 1
               ? text
               : NULL;
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
    return value != NULL && length == size &&
           (size == 0 || memcmp(value, bytes, (size_t)size) == 0);
}

static struct {
    const void *tree;
    int *parents; /* by place in the structure block, in words */
    int controller;
} indexed;

/* Those of the newer version first. */
static const struct {
    const char *compatible;
    unsigned version;
} controllers[] = {
    {"arm,gic-v3", 3},
    {"arm,gic-400", 2},
    {"arm,cortex-a15-gic", 2},
    {"arm,cortex-a7-gic", 2},
};
#define CONTROLLER_COUNT (sizeof(controllers) / sizeof(controllers[0]))

static int find_controller(const void *tree)
{
    int node = -FDT_ERR_NOTFOUND;
    for (size_t i = 0; i < CONTROLLER_COUNT && node < 0; i++) {
        node = tree_find(tree, controllers[i].compatible);
    }
    return node;
}

unsigned tree_controller_version(const void *tree, int node)
{
    for (size_t i = 0; i < CONTROLLER_COUNT && node >= 0; i++) {
        if (fdt_node_check_compatible(tree, node, controllers[i].compatible) == 0) {
            return controllers[i].version;
        }
    }
    return 0;
}

void tree_remember(const void *tree)
{
    int last = -FDT_ERR_NOTFOUND;
    int last_depth = -1;
    int depth = 0;
    tree_forget();
    indexed.parents =
        calloc(fdt_size_dt_struct(tree) / sizeof(fdt32_t) + 1, sizeof(*indexed.parents));
    if (indexed.parents == NULL) {
        return; /* libfdt needs none */
    }
    indexed.tree = tree;
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, &depth)) {
        for (; last_depth >= depth; last_depth--) {
            last = indexed.parents[last / (int)sizeof(fdt32_t)];
        }
        indexed.parents[node / (int)sizeof(fdt32_t)] = last;
        last = node;
        last_depth = depth;
    }
    indexed.controller = find_controller(tree);
}

void tree_forget(void)
{
    free(indexed.parents);
    indexed.tree = NULL;
    indexed.parents = NULL;
}

int tree_above(const void *tree, int node)
{
    return indexed.tree == tree ? indexed.parents[node / (int)sizeof(fdt32_t)]
                                : fdt_parent_offset(tree, node);
}

bool tree_enabled(const void *tree, int node)
{
    for (; node >= 0; node = tree_above(tree, node)) {
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
    return indexed.tree == tree ? indexed.controller : find_controller(tree);
}

bool tree_same_interrupts(const fdt32_t *left, const fdt32_t *right, int count)
{
    for (int i = 0; i < count; i++) {
        bool private = i >= 2 && fdt32_to_cpu(left[i - 2]) == SPECIFIER_TYPE_PPI;
        uint32_t differs = fdt32_to_cpu(left[i]) ^ fdt32_to_cpu(right[i]);
        if ((differs & ~(private ? SPECIFIER_CPUS : 0)) != 0) {
            return false;
        }
    }
    return true;
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
