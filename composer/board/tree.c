/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and interrupts of device tree nodes. */
#include "tree.h"

#include <limits.h>
#include <string.h>

#include "diagnostics.h"
#include "memory.h"

uint64_t tree_number(const fdt32_t *cells, int count)
{
    uint64_t number = 0;

    for (int i = 0; i < count; i++) {
        number = number << 32 | fdt32_to_cpu(cells[i]);
    }
    return number;
}

uint32_t tree_cell(const void *dtb, int node, const char *name, uint32_t otherwise)
{
    int length;
    const fdt32_t *cells = fdt_getprop(dtb, node, name, &length);

    return cells != NULL && length >= 4 ? fdt32_to_cpu(cells[0]) : otherwise;
}

const char *tree_path(const void *dtb, int node)
{
    char path[PATH_MAX];

    if (fdt_get_path(dtb, node, path, sizeof(path)) < 0) {
        fatal("a path in the board's device tree is longer than %d bytes", PATH_MAX);
    }
    return text_format("%s", path);
}

bool tree_inherits(const void *dtb, int node, const char *name)
{
    for (; node >= 0; node = tree_parent(dtb, node)) {
        if (fdt_getprop(dtb, node, name, NULL) != NULL) {
            return true;
        }
    }
    return false;
}

bool tree_is_enabled(const void *dtb, int node)
{
    for (; node >= 0; node = tree_parent(dtb, node)) {
        const char *status = fdt_getprop(dtb, node, "status", NULL);

        if (status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0) {
            return false;
        }
    }
    return true;
}

bool tree_is_bus(const void *dtb, int node)
{
    return fdt_node_check_compatible(dtb, node, "simple-bus") == 0;
}

int tree_provider(const void *dtb, int node)
{
    for (node = tree_parent(dtb, node); node > 0 && node != tree_gic(dtb);
         node = tree_parent(dtb, node)) {
        if (fdt_getprop(dtb, node, "compatible", NULL) != NULL && !tree_is_bus(dtb, node)) {
            return node;
        }
    }
    return -FDT_ERR_NOTFOUND;
}

int tree_compatible(const void *dtb, const char *compatible)
{
    int node = -1;

    while ((node = fdt_node_offset_by_compatible(dtb, node, compatible)) >= 0) {
        if (tree_is_enabled(dtb, node)) {
            return node;
        }
    }
    return node;
}

/* Addresses of a PCI bus have three cells and are none of the CPU's. */
static bool bus_cells(const void *dtb, int bus, int *address_cells, int *size_cells)
{
    *address_cells = fdt_address_cells(dtb, bus);
    *size_cells = fdt_size_cells(dtb, bus);
    return *address_cells >= 1 && *address_cells <= 2 && *size_cells >= 1 && *size_cells <= 2;
}

/* Turns @range of @bus into one of the bus above it, by "ranges" (specification, 2.3.8). */
static bool translate_once(const void *dtb, int bus, int above, struct range *range)
{
    int length, address_cells, size_cells;
    int above_cells = fdt_address_cells(dtb, above);
    const fdt32_t *ranges = fdt_getprop(dtb, bus, "ranges", &length);

    if (ranges == NULL || above_cells < 1 || above_cells > 2 ||
        !bus_cells(dtb, bus, &address_cells, &size_cells)) {
        return false;
    }
    if (length == 0) {
        return true;
    }

    int step = address_cells + above_cells + size_cells;
    for (int i = 0; (i + step) * 4 <= length; i += step) {
        uint64_t here = tree_number(ranges + i, address_cells);
        uint64_t there = tree_number(ranges + i + address_cells, above_cells);
        uint64_t size = tree_number(ranges + i + address_cells + above_cells, size_cells);

        if (range->start >= here && range->start - here < size &&
            range->size <= size - (range->start - here)) {
            range->start = range->start - here + there;
            return true;
        }
    }
    return false;
}

static bool translate(const void *dtb, int bus, struct range *range)
{
    int above;

    for (; (above = tree_parent(dtb, bus)) >= 0; bus = above) {
        if (!translate_once(dtb, bus, above, range)) {
            return false;
        }
    }
    return range->size <= UINT64_MAX - range->start;
}

void tree_registers(const void *dtb, int node, struct range **registers, size_t *count)
{
    int length, address_cells, size_cells;
    int bus = tree_parent(dtb, node);
    const fdt32_t *reg = fdt_getprop(dtb, node, "reg", &length);

    *registers = NULL;
    *count = 0;
    if (reg == NULL || bus < 0 || !bus_cells(dtb, bus, &address_cells, &size_cells)) {
        return;
    }

    int step = address_cells + size_cells;
    for (int i = 0; (i + step) * 4 <= length; i += step) {
        struct range range = {tree_number(reg + i, address_cells),
                              tree_number(reg + i + address_cells, size_cells)};

        if (range.size > 0 && translate(dtb, bus, &range)) {
            *ARRAY_ADD(*registers, *count) = range;
        }
    }
}
