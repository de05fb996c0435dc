/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device tree says of a device: how to find it, its registers as CPU addresses, its
 * interrupts. Runs before the MMU is on, as fdt.c does.
 */
#include "kit/fdt.h"

#define MAX_DEPTH 8U /* buses between a device and the root */

/* Interrupt specifier of the GIC (binding arm,gic-v3): kind, number, flags. */
#define INTERRUPT_KIND_SPI   0U
#define INTERRUPT_KIND_PPI   1U
#define INTERRUPT_FIRST_PPI  16U
#define INTERRUPT_FIRST_SPI  32U
#define INTERRUPT_FLAGS_EDGE 3U /* rising or falling edge */

static bool node_enabled(const struct fdt *fdt, int node)
{
    const char *status = fdt_string(fdt, node, "status");

    return status == NULL || status[0] == 'o'; /* "okay", or "ok" of old trees */
}

int fdt_compatible(const struct fdt *fdt, int after, const char *text)
{
    int node = after == FDT_NONE ? fdt_root(fdt) : fdt_next(fdt, after);

    while (node != FDT_NONE &&
           !(fdt_has_string(fdt, node, "compatible", text) && node_enabled(fdt, node))) {
        node = fdt_next(fdt, node);
    }
    return node;
}

int fdt_phandle(const struct fdt *fdt, uint32_t phandle)
{
    int node = fdt_root(fdt);

    while (node != FDT_NONE && fdt_cell(fdt_property(fdt, node, "phandle"), 0) != phandle) {
        node = fdt_next(fdt, node);
    }
    return node;
}

/** Compares one component of a path, ended by '/', ':' or 0, with a node's name; returns its
 * length or 0. */
static uint32_t component_match(const char *component, const char *name)
{
    uint32_t i = 0;

    while (component[i] != 0 && component[i] != '/' && component[i] != ':' &&
           component[i] == name[i]) {
        i++;
    }
    if (component[i] != 0 && component[i] != '/' && component[i] != ':') {
        return 0;
    }
    return name[i] == 0 || name[i] == '@' ? i : 0;
}

static int path_child(const struct fdt *fdt, int parent, const char *component, uint32_t *length)
{
    for (int node = fdt_next(fdt, parent); node != FDT_NONE; node = fdt_next(fdt, node)) {
        *length = component_match(component, fdt_name(fdt, node));
        if (*length != 0 && fdt_parent(fdt, node) == parent) {
            return node;
        }
    }
    return FDT_NONE;
}

/** What the alias at the start of @text stands for; NULL if there is none. */
static const char *alias_path(const struct fdt *fdt, const char *text)
{
    char name[32];
    uint32_t length = 0;
    uint32_t unused;
    int aliases = path_child(fdt, fdt_root(fdt), "aliases", &unused);

    while (text[length] != 0 && text[length] != ':' && text[length] != '/' &&
           length + 1 < sizeof(name)) {
        name[length] = text[length];
        length++;
    }
    name[length] = 0;
    return aliases == FDT_NONE ? NULL : fdt_string(fdt, aliases, name);
}

int fdt_path(const struct fdt *fdt, const char *path)
{
    int node = fdt_root(fdt);

    if (node == FDT_NONE || path == NULL) {
        return FDT_NONE;
    }
    if (path[0] != '/') {
        path = alias_path(fdt, path);
    }
    while (node != FDT_NONE && path != NULL && path[0] == '/') {
        uint32_t length = 0;

        path++;
        if (path[0] == 0) {
            break;
        }
        node = path_child(fdt, node, path, &length);
        path += length;
    }
    return path == NULL ? FDT_NONE : node;
}

static uint64_t read_cells(struct fdt_value value, uint32_t first, uint32_t count)
{
    uint64_t number = 0;

    for (uint32_t i = 0; i < count; i++) {
        number = number << 32 | fdt_cell(value, first + i);
    }
    return number;
}

/** A #...-cells property of @node, @otherwise if it is absent. */
static uint32_t cell_count(const struct fdt *fdt, int node, const char *name, uint32_t otherwise)
{
    struct fdt_value value = fdt_property(fdt, node, name);

    return value.bytes == NULL ? otherwise : fdt_cell(value, 0);
}

/** Takes @address of the bus @node one level up, to its parent's address space. */
static bool bus_translate(const struct fdt *fdt, int node, int parent, uint64_t *address)
{
    struct fdt_value ranges = fdt_property(fdt, node, "ranges");
    uint32_t child_cells = cell_count(fdt, node, "#address-cells", 2);
    uint32_t size_cells = cell_count(fdt, node, "#size-cells", 1);
    uint32_t parent_cells = cell_count(fdt, parent, "#address-cells", 2);
    uint32_t entry = child_cells + parent_cells + size_cells;

    if (ranges.bytes == NULL) {
        return false;
    }
    if (ranges.size == 0) {
        return true; /* empty: the same addresses on both sides */
    }
    for (uint32_t i = 0; entry != 0 && (i + entry) * 4U <= ranges.size; i += entry) {
        uint64_t start = read_cells(ranges, i, child_cells);
        uint64_t size = read_cells(ranges, i + child_cells + parent_cells, size_cells);

        if (*address >= start && *address - start < size) {
            *address += read_cells(ranges, i + child_cells, parent_cells) - start;
            return true;
        }
    }
    return false;
}

bool fdt_reg(const struct fdt *fdt, int node, uint32_t index, struct fdt_range *range)
{
    struct fdt_value reg = fdt_property(fdt, node, "reg");
    int bus = fdt_parent(fdt, node);
    uint32_t address_cells;
    uint32_t size_cells;
    uint32_t first;

    if (reg.bytes == NULL || bus == FDT_NONE) {
        return false;
    }
    address_cells = cell_count(fdt, bus, "#address-cells", 2);
    size_cells = cell_count(fdt, bus, "#size-cells", 1);
    first = index * (address_cells + size_cells);
    if ((first + address_cells + size_cells) * 4U > reg.size) {
        return false;
    }
    range->start = read_cells(reg, first, address_cells);
    range->size = read_cells(reg, first + address_cells, size_cells);
    for (uint32_t depth = 0; depth < MAX_DEPTH; depth++) {
        int parent = fdt_parent(fdt, bus);

        if (parent == FDT_NONE) {
            return true;
        }
        /* CPUs and the like have no size: their reg is a number, not a place on a bus. */
        if (range->size != 0 && !bus_translate(fdt, bus, parent, &range->start)) {
            return false;
        }
        bus = parent;
    }
    return false;
}

/** Cells per interrupt at the controller of @node: its own or inherited interrupt-parent. */
static uint32_t interrupt_cells(const struct fdt *fdt, int node)
{
    for (int at = node; at != FDT_NONE; at = fdt_parent(fdt, at)) {
        struct fdt_value parent = fdt_property(fdt, at, "interrupt-parent");

        if (parent.bytes != NULL) {
            int controller = fdt_phandle(fdt, fdt_cell(parent, 0));

            return controller == FDT_NONE ? 0 : cell_count(fdt, controller, "#interrupt-cells", 0);
        }
    }
    return 0;
}

bool fdt_interrupt(const struct fdt *fdt, int node, uint32_t index, struct fdt_interrupt *interrupt)
{
    struct fdt_value value = fdt_property(fdt, node, "interrupts");
    uint32_t cells = interrupt_cells(fdt, node);
    uint32_t kind;

    if (value.bytes == NULL || cells < 3 || (index + 1) * cells * 4U > value.size) {
        return false;
    }
    kind = fdt_cell(value, index * cells);
    if (kind > INTERRUPT_KIND_PPI) {
        return false;
    }
    interrupt->intid = fdt_cell(value, index * cells + 1) +
                       (kind == INTERRUPT_KIND_SPI ? INTERRUPT_FIRST_SPI : INTERRUPT_FIRST_PPI);
    interrupt->edge = (fdt_cell(value, index * cells + 2) & INTERRUPT_FLAGS_EDGE) != 0;
    return true;
}
