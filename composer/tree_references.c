/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which nodes a device tree node refers to. A device tree does not say which cells are phandles, so the
 * properties that hold some are listed here, by the bindings of the Devicetree Specification and of Linux.
 */
#include "tree.h"

#include <string.h>

#include "memory.h"

/* A property that holds phandles, each followed by as many cells as the node's @cells_property says. */
struct reference_kind {
    const char *name;           /* "*-supply": what ends so; "pinctrl-#": what begins so and ends in digits */
    const char *cells_property; /* NULL: no cells follow */
    bool first_only;            /* one phandle, and what follows are other things */
};

static const struct reference_kind reference_kinds[] = {
    {"clocks",                 "#clock-cells",          false},
    {"assigned-clocks",        "#clock-cells",          false},
    {"assigned-clock-parents", "#clock-cells",          false},
    {"resets",                 "#reset-cells",          false},
    {"power-domains",          "#power-domain-cells",   false},
    {"phys",                   "#phy-cells",            false},
    {"dmas",                   "#dma-cells",            false},
    {"mboxes",                 "#mbox-cells",           false},
    {"pwms",                   "#pwm-cells",            false},
    {"io-channels",            "#io-channel-cells",     false},
    {"hwlocks",                "#hwlock-cells",         false},
    {"interconnects",          "#interconnect-cells",   false},
    {"thermal-sensors",        "#thermal-sensor-cells", false},
    {"sound-dai",              "#sound-dai-cells",      false},
    {"nvmem-cells",            "#nvmem-cell-cells",     false},
    {"interrupts-extended",    "#interrupt-cells",      false},
    {"gpios",                  "#gpio-cells",           false},
    {"*-gpios",                "#gpio-cells",           false},
    {"*-gpio",                 "#gpio-cells",           false},
    {"*-supply",               NULL,                    false},
    {"pinctrl-#",              NULL,                    false},
    {"memory-region",          NULL,                    false},
    {"phy-handle",             NULL,                    true },
    {"phy",                    NULL,                    true },
    {"syscon",                 NULL,                    true },
    {"*,syscon",               NULL,                    true },
    {"*-syscon",               NULL,                    true },
    {"interrupt-parent",       NULL,                    true },
};

static bool name_matches(const char *name, const char *pattern)
{
    size_t length = strlen(pattern);

    if (pattern[0] == '*')
        return strlen(name) >= length && strcmp(name + strlen(name) - (length - 1), pattern + 1) == 0;
    if (pattern[length - 1] == '#')
        return strncmp(name, pattern, length - 1) == 0 && name[length - 1] != '\0' &&
               name[length - 1 + strspn(name + length - 1, "0123456789")] == '\0';
    return strcmp(name, pattern) == 0;
}

static const struct reference_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof reference_kinds / sizeof reference_kinds[0]; i++)
        if (name_matches(name, reference_kinds[i].name))
            return &reference_kinds[i];
    return NULL;
}

static void add_property(const void *dtb, const char *name, const fdt32_t *cells, int cell_count,
                         struct tree_reference **references, size_t *count)
{
    const struct reference_kind *kind = find_kind(name);
    int gic = tree_gic(dtb);

    if (kind == NULL)
        return;
    for (int i = 0; i < cell_count;) {
        uint32_t phandle = fdt32_to_cpu(cells[i]);
        int node = phandle == 0 ? -1 : fdt_node_offset_by_phandle(dtb, phandle);

        i++;
        if (phandle == 0)
            continue; /* an entry left empty */
        if (node < 0)
            return; /* what follows cannot be counted */
        if (node != gic)
            *ARRAY_ADD(*references, *count) = (struct tree_reference){node, name};
        if (kind->first_only)
            return;
        if (kind->cells_property != NULL)
            i += (int)tree_cell(dtb, node, kind->cells_property, 0);
    }
}

void tree_references(const void *dtb, int node, struct tree_reference **references, size_t *count)
{
    int property, length;
    const char *name;

    fdt_for_each_property_offset(property, dtb, node)
    {
        const fdt32_t *cells = fdt_getprop_by_offset(dtb, property, &name, &length);

        if (cells != NULL)
            add_property(dtb, name, cells, length / 4, references, count);
    }

    /* An interrupt controller that stands above the node and not in it is needed as well. */
    if (fdt_getprop(dtb, node, "interrupts", NULL) != NULL) {
        int parent = tree_interrupt_parent(dtb, node);

        if (parent >= 0 && parent != tree_gic(dtb))
            *ARRAY_ADD(*references, *count) = (struct tree_reference){parent, "interrupt-parent"};
    }
}
