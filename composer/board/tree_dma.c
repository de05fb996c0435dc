/* SPDX-License-Identifier: Apache-2.0 */
/* What memory a device reaches by itself (Devicetree Specification 0.4, 2.3.9). */
#include "arithmetic.h"
#include "memory.h"
#include "tree.h"

/* What @window and some of @other have in common. */
static void intersect(struct range window, const struct range *other, size_t other_count,
                      struct range **common, size_t *common_count)
{
    for (size_t i = 0; i < other_count; i++) {
        uint64_t start = window.start > other[i].start ? window.start : other[i].start;
        uint64_t end =
            range_end(window) < range_end(other[i]) ? range_end(window) : range_end(other[i]);

        if (start < end) {
            *ARRAY_ADD(*common, *common_count) = range_of(start, end - start);
        }
    }
}

/* Reads the dma-ranges of @bus. Returns false if an address differs on its two sides, or cannot
 * be read. */
static bool read_bus(const void *dtb, int bus, const fdt32_t *cells, int length,
                     struct range **windows, size_t *count)
{
    int own = fdt_address_cells(dtb, bus);
    int above = fdt_address_cells(dtb, tree_parent(dtb, bus));
    int sizes = fdt_size_cells(dtb, bus);
    int step = own + above + sizes;

    if (own < 1 || own > 2 || above < 1 || above > 2 || sizes < 1 || sizes > 2 ||
        length % (4 * step) != 0) {
        return false;
    }
    for (int i = 0; i < length / 4; i += step) {
        uint64_t start = tree_number(cells + i, own);
        uint64_t size = tree_number(cells + i + own + above, sizes);

        if (start != tree_number(cells + i + own, above)) {
            return false;
        }
        if (size > UINT64_MAX - start) {
            size = UINT64_MAX - start;
        }
        *ARRAY_ADD(*windows, *count) = range_of(start, size);
    }
    return true;
}

const char *tree_dma_windows(const void *dtb, int node, struct range **windows, size_t *count)
{
    *windows = NULL;
    *count = 0;
    for (int bus = tree_parent(dtb, node); bus > 0; bus = tree_parent(dtb, bus)) {
        int length;
        const fdt32_t *cells = fdt_getprop(dtb, bus, "dma-ranges", &length);
        struct range *own = NULL;
        size_t own_count = 0;
        struct range *common = NULL;
        size_t common_count = 0;

        if (cells == NULL || length == 0) {
            continue;
        }
        if (!read_bus(dtb, bus, cells, length, &own, &own_count)) {
            *count = 0;
            return tree_path(dtb, bus);
        }
        for (size_t i = 0; i < *count; i++) {
            intersect((*windows)[i], own, own_count, &common, &common_count);
        }
        *windows = *count == 0 ? own : common;
        *count = *count == 0 ? own_count : common_count;
    }
    return NULL;
}
