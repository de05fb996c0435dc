/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a node's interrupts go (Devicetree Specification 0.4, 2.4): to the controller that the node
 * names or that stands above it, or by the interrupt-map of a nexus to another one.
 */
#include <string.h>

#include "diagnostics.h"
#include "memory.h"
#include "plan.h"
#include "tree.h"

#define MAPS_IN_A_ROW 8 /* a tree that has more of them goes in a circle */

/* One interrupt on its way to its controller. */
struct way {
    int controller;
    uint32_t cells[TREE_SPECIFIER_CELLS];
    /* unit address of the one who sends it: an interrupt-map may look at it */
    uint32_t unit[TREE_SPECIFIER_CELLS];
    uint32_t unit_cells;
    bool mapped;
};

int tree_interrupt_parent(const void *dtb, int node)
{
    do {
        uint32_t phandle = tree_cell(dtb, node, "interrupt-parent", 0);

        node = phandle != 0 ? tree_by_phandle(dtb, phandle) : tree_parent(dtb, node);
    } while (node >= 0 && fdt_getprop(dtb, node, "#interrupt-cells", NULL) == NULL);
    return node;
}

/* A specifier of the GIC's: type, number, flags (Linux bindings arm,gic and arm,gic-v3). */
static const char *gic_specifier(const struct way *way, struct tree_interrupt *interrupt)
{
    static const struct {
        uint32_t first;
        uint32_t count;
    } types[] = {
        {PLAN_FIRST_SPI, PLAN_INTID_END - PLAN_FIRST_SPI},
        {16, PLAN_FIRST_SPI - 16},
    };
    uint32_t type = way->cells[0];
    uint32_t number = way->cells[1];

    if (type >= COUNT_OF(types)) {
        return text_format(
            "has an interrupt of type %u, an extended range, which this version cannot route",
            type);
    }
    if (number >= types[type].count) {
        return text_format("has %s %u; there are %u", type == 0 ? "SPI" : "PPI", number,
                           types[type].count);
    }
    interrupt->intid = types[type].first + number;
    interrupt->edge = (way->cells[2] & 3) != 0; /* 1 rising, 2 falling edge; 4, 8 level */
    return NULL;
}

/* Whether an entry of @nexus's map, @cells, is about @way. */
static bool entry_matches(const void *dtb, int nexus, const fdt32_t *cells, const struct way *way,
                          uint32_t unit_cells, uint32_t specifier_cells)
{
    int length;
    const fdt32_t *mask = fdt_getprop(dtb, nexus, "interrupt-map-mask", &length);
    bool has_mask = mask != NULL && (uint32_t)length >= 4 * (unit_cells + specifier_cells);

    for (uint32_t i = 0; i < unit_cells + specifier_cells; i++) {
        uint32_t unit = i < way->unit_cells ? way->unit[i] : 0;
        uint32_t own = i < unit_cells ? unit : way->cells[i - unit_cells];

        if (((own ^ fdt32_to_cpu(cells[i])) & (has_mask ? fdt32_to_cpu(mask[i]) : UINT32_MAX)) !=
            0) {
            return false;
        }
    }
    return true;
}

/* Sends @way on by the map of its controller, a nexus. Returns what is wrong, or NULL. */
static const char *way_map(const void *dtb, struct way *way)
{
    int length;
    int nexus = way->controller;
    const fdt32_t *map = fdt_getprop(dtb, nexus, "interrupt-map", &length);
    uint32_t unit_cells = tree_cell(dtb, nexus, "#address-cells", 0);
    uint32_t specifier_cells = tree_cell(dtb, nexus, "#interrupt-cells", 0);
    uint32_t count = (uint32_t)length / 4;

    for (uint32_t at = 0; at + unit_cells + specifier_cells < count;) {
        uint32_t next = at + unit_cells + specifier_cells;
        int parent = tree_by_phandle(dtb, fdt32_to_cpu(map[next]));
        uint32_t parent_unit = parent < 0 ? 0 : tree_cell(dtb, parent, "#address-cells", 0);
        uint32_t parent_cells = parent < 0 ? 0 : tree_cell(dtb, parent, "#interrupt-cells", 0);

        if (parent < 0 || parent_cells == 0 || parent_cells > TREE_SPECIFIER_CELLS ||
            parent_unit > TREE_SPECIFIER_CELLS || next + 1 + parent_unit + parent_cells > count) {
            break;
        }
        if (entry_matches(dtb, nexus, map + at, way, unit_cells, specifier_cells)) {
            way->controller = parent;
            way->unit_cells = parent_unit;
            way->mapped = true;
            for (uint32_t i = 0; i < parent_unit; i++) {
                way->unit[i] = fdt32_to_cpu(map[next + 1 + i]);
            }
            for (uint32_t i = 0; i < parent_cells; i++) {
                way->cells[i] = fdt32_to_cpu(map[next + 1 + parent_unit + i]);
            }
            return NULL;
        }
        at = next + 1 + parent_unit + parent_cells;
    }
    return text_format("has an interrupt that the interrupt-map of %s does not lead on",
                       tree_path(dtb, nexus));
}

/* Follows one interrupt of @node, given by @cells of @controller, to its end, and adds it. */
static const char *add_one(const void *dtb, int node, int controller, const fdt32_t *cells,
                           struct tree_interrupt **interrupts, size_t *count)
{
    struct way way = {.controller = controller};
    struct tree_interrupt interrupt = {.intid = PLAN_NONE};
    int reg_length = 0;
    const fdt32_t *reg = fdt_getprop(dtb, node, "reg", &reg_length);
    const char *problem = NULL;

    for (uint32_t i = 0; i < tree_cell(dtb, controller, "#interrupt-cells", 0); i++) {
        way.cells[i] = fdt32_to_cpu(cells[i]);
    }
    for (; reg != NULL && way.unit_cells < TREE_SPECIFIER_CELLS &&
           4 * (int)way.unit_cells < reg_length;
         way.unit_cells++) {
        way.unit[way.unit_cells] = fdt32_to_cpu(reg[way.unit_cells]);
    }

    int maps = 0;
    while (problem == NULL && fdt_getprop(dtb, way.controller, "interrupt-map", NULL) != NULL) {
        problem = maps++ < MAPS_IN_A_ROW ? way_map(dtb, &way)
                                         : "has an interrupt whose interrupt-maps lead in a circle";
    }
    if (problem == NULL && way.controller == tree_gic(dtb)) {
        problem = gic_specifier(&way, &interrupt);
    }
    if (problem != NULL) {
        return problem;
    }
    interrupt.controller = way.controller;
    interrupt.mapped = way.mapped;
    memcpy(interrupt.cells, way.cells, sizeof(interrupt.cells));
    *ARRAY_ADD(*interrupts, *count) = interrupt;
    return NULL;
}

/* How many cells an interrupt of @controller has; 0 after *@problem was set. */
static int specifier_cells(const void *dtb, int controller, const char *property,
                           const char **problem)
{
    uint32_t cells = controller < 0 ? 0 : tree_cell(dtb, controller, "#interrupt-cells", 0);

    if (controller < 0) {
        *problem = text_format("has %s, but the tree has no interrupt controller that they go to",
                               property);
    } else if (cells == 0 || cells > TREE_SPECIFIER_CELLS ||
               (controller == tree_gic(dtb) && cells < 3)) {
        *problem = text_format("has %s of %s, whose #interrupt-cells is %u", property,
                               tree_path(dtb, controller), cells);
    }
    return *problem == NULL ? (int)cells : 0;
}

static const char *too_short(const void *dtb, const char *property, int left, int controller,
                             int needed)
{
    return text_format("has %s whose last entry has %d cells; %s wants %d", property, left,
                       tree_path(dtb, controller), needed);
}

static const char *add_extended(const void *dtb, int node, const fdt32_t *cells, int cell_count,
                                struct tree_interrupt **interrupts, size_t *count)
{
    static const char property[] = "interrupts-extended";
    const char *problem = NULL;

    for (int i = 0; i < cell_count && problem == NULL;) {
        int parent = tree_by_phandle(dtb, fdt32_to_cpu(cells[i]));
        int size = specifier_cells(dtb, parent, property, &problem);

        if (problem != NULL) {
            break;
        }
        if (size > cell_count - i - 1) {
            return too_short(dtb, property, cell_count - i - 1, parent, size);
        }
        problem = add_one(dtb, node, parent, cells + i + 1, interrupts, count);
        i += 1 + size;
    }
    return problem;
}

const char *tree_interrupts(const void *dtb, int node, struct tree_interrupt **interrupts,
                            size_t *count)
{
    int length;
    const fdt32_t *cells = fdt_getprop(dtb, node, "interrupts-extended", &length);
    const char *problem = NULL;

    if (cells != NULL) {
        return add_extended(dtb, node, cells, length / 4, interrupts, count);
    }
    cells = fdt_getprop(dtb, node, "interrupts", &length);
    if (cells == NULL) {
        return NULL;
    }

    int parent = tree_interrupt_parent(dtb, node);
    int size = specifier_cells(dtb, parent, "interrupts", &problem);
    for (int i = 0; problem == NULL && i < length / 4; i += size) {
        if (size > length / 4 - i) {
            return too_short(dtb, "interrupts", length / 4 - i, parent, size);
        }
        problem = add_one(dtb, node, parent, cells + i, interrupts, count);
    }
    return problem;
}
