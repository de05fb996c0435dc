/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of a device tree. libfdt finds parents and phandles by walking through the blob from its
 * start, and a board's tree has thousands of nodes, each of which is asked for both many times.
 */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "tree.h"

struct indexed_node {
    int node;
    int parent;
    uint32_t phandle;
};

struct tree_index {
    const void *dtb;
    struct indexed_node *nodes; /* by offset, as they lie in the blob */
    size_t count;
    const struct indexed_node **phandles; /* those that have one, by phandle */
    size_t phandle_count;
    int gic;
    unsigned gic_version;
    struct tree_index *next;
};

/* Blobs are never freed, so their addresses tell them apart. */
static struct tree_index *indexes;

static int node_compare(const void *left, const void *right)
{
    const struct indexed_node *a = left;
    const struct indexed_node *b = right;

    return (a->node > b->node) - (a->node < b->node);
}

/* Of nodes with the same phandle, which no sound tree has, the first one counts, as it does for
 * libfdt. */
static int phandle_compare(const void *left, const void *right)
{
    const struct indexed_node *a = *(const struct indexed_node *const *)left;
    const struct indexed_node *b = *(const struct indexed_node *const *)right;

    if (a->phandle != b->phandle) {
        return a->phandle < b->phandle ? -1 : 1;
    }
    return node_compare(a, b);
}

/* Of several, those of the newer version come first. */
static void find_gic(struct tree_index *index)
{
    static const struct {
        const char *compatible;
        unsigned version;
    } kinds[] = {
        {"arm,gic-v3", 3},
        {"arm,gic-400", 2},
        {"arm,cortex-a15-gic", 2},
        {"arm,cortex-a7-gic", 2},
    };

    index->gic = -FDT_ERR_NOTFOUND;
    for (size_t i = 0; i < COUNT_OF(kinds) && index->gic < 0; i++) {
        index->gic = tree_compatible(index->dtb, kinds[i].compatible);
        index->gic_version = kinds[i].version;
    }
}

static struct tree_index *index_make(const void *dtb)
{
    struct tree_index *index = memory_new(1, sizeof(*index));
    int *open = NULL; /* the nodes above, by depth */
    size_t open_count = 0;
    int depth = 0;

    index->dtb = dtb;
    for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(dtb, node, &depth)) {
        while (open == NULL || open_count <= (size_t)depth) {
            *ARRAY_ADD(open, open_count) = 0;
        }
        open[depth] = node;
        *ARRAY_ADD(index->nodes, index->count) = (struct indexed_node){
            node, depth == 0 ? -FDT_ERR_NOTFOUND : open[depth - 1], fdt_get_phandle(dtb, node)};
    }
    for (size_t i = 0; i < index->count; i++) {
        if (index->nodes[i].phandle != 0) {
            *ARRAY_ADD(index->phandles, index->phandle_count) = &index->nodes[i];
        }
    }
    if (index->phandle_count > 0) {
        qsort(index->phandles, index->phandle_count, sizeof(*index->phandles), phandle_compare);
    }
    index->next = indexes;
    indexes = index;
    find_gic(index);
    return index;
}

static const struct tree_index *index_of(const void *dtb)
{
    for (const struct tree_index *index = indexes; index != NULL; index = index->next) {
        if (index->dtb == dtb) {
            return index;
        }
    }
    return index_make(dtb);
}

int tree_parent(const void *dtb, int node)
{
    const struct tree_index *index = index_of(dtb);
    const struct indexed_node *found = bsearch(&(struct indexed_node){.node = node}, index->nodes,
                                               index->count, sizeof(*index->nodes), node_compare);

    return found != NULL ? found->parent : -FDT_ERR_BADOFFSET;
}

int tree_top(const void *dtb, const char *name)
{
    const struct tree_index *index = index_of(dtb);

    for (size_t i = 0; i < index->count; i++) {
        if (index->nodes[i].parent == 0 &&
            strcmp(fdt_get_name(dtb, index->nodes[i].node, NULL), name) == 0) {
            return index->nodes[i].node;
        }
    }
    return -FDT_ERR_NOTFOUND;
}

bool tree_is_reserved(const void *dtb, int node)
{
    int above = tree_parent(dtb, node);

    return above > 0 && tree_parent(dtb, above) == 0 &&
           strcmp(fdt_get_name(dtb, above, NULL), "reserved-memory") == 0;
}

int tree_by_phandle(const void *dtb, uint32_t phandle)
{
    const struct tree_index *index = index_of(dtb);
    size_t low = 0;
    size_t high = index->phandle_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (index->phandles[middle]->phandle < phandle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < index->phandle_count && index->phandles[low]->phandle == phandle
               ? index->phandles[low]->node
               : -FDT_ERR_NOTFOUND;
}

int tree_gic(const void *dtb)
{
    return index_of(dtb)->gic;
}

unsigned tree_gic_version(const void *dtb)
{
    return index_of(dtb)->gic_version;
}
