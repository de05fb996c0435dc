/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which nodes a device tree node refers to. A device tree does not say which cells are phandles, so
 * the properties that hold some are listed here, by the bindings of the Devicetree Specification
 * and of Linux.
 */
#include "tree.h"

#include <string.h>

#include "memory.h"

/* A property that holds phandles, each followed by as many cells as the node's @cells_property
 * says. */
struct reference_kind {
    const char *name; /* "*-supply": what ends so; "pinctrl-#": what begins so and ends in digits */
    const char *cells_property; /* NULL: @cells follow */
    uint32_t cells;
    bool first_only; /* one phandle, and what follows are other things */
};

static const struct reference_kind reference_kinds[] = {
    {"clocks", "#clock-cells", 0, false},
    {"assigned-clocks", "#clock-cells", 0, false},
    {"assigned-clock-parents", "#clock-cells", 0, false},
    {"resets", "#reset-cells", 0, false},
    {"power-domains", "#power-domain-cells", 0, false},
    {"phys", "#phy-cells", 0, false},
    {"dmas", "#dma-cells", 0, false},
    {"mboxes", "#mbox-cells", 0, false},
    {"pwms", "#pwm-cells", 0, false},
    {"io-channels", "#io-channel-cells", 0, false},
    {"hwlocks", "#hwlock-cells", 0, false},
    {"interconnects", "#interconnect-cells", 0, false},
    {"thermal-sensors", "#thermal-sensor-cells", 0, false},
    {"sound-dai", "#sound-dai-cells", 0, false},
    {"nvmem-cells", "#nvmem-cell-cells", 0, false},
    {"gpios", "#gpio-cells", 0, false},
    {"*-gpios", "#gpio-cells", 0, false},
    {"*-gpio", "#gpio-cells", 0, false},
    {"gpio-ranges", NULL, 3, false},
    {"*-supply", NULL, 0, false},
    {"pinctrl-#", NULL, 0, false},
    {"memory-region", NULL, 0, false},
    {"operating-points-v2", NULL, 0, false},
    {"required-opps", NULL, 0, false},
    {"shmem", NULL, 0, false},
    {"phy-handle", NULL, 0, true},
    {"phy", NULL, 0, true},
    {"pcs-handle", NULL, 0, true},
    {"syscon", NULL, 0, true},
    {"syscon-*", NULL, 0, true},
    {"*,syscon", NULL, 0, true},
    {"*-syscon", NULL, 0, true},
    {"*,syscon-phandle", NULL, 0, true},
    {"ti,syscon-*", NULL, 0, true},
    {"*grf", NULL, 0, true},
    {"*-gpr", NULL, 0, true},
    {"rockchip,pmu", NULL, 0, true},
    {"fsl,stop-mode", NULL, 0, true},
    {"fsl,usbmisc", NULL, 0, true},
    {"marvell,usb-misc-reg", NULL, 0, true},
    {"marvell,system-controller", NULL, 0, true},
    {"qcom,halt-regs", NULL, 0, true},
    {"qcom,spare-regs", NULL, 0, true},
    {"qcom,qaccept-regs", NULL, 0, true},
    {"qcom,bcm-voters", NULL, 0, false},
    {"regmap", NULL, 0, true},
};

static bool name_matches(const char *name, const char *pattern)
{
    size_t length = strlen(pattern);

    if (pattern[length - 1] == '*') {
        return strncmp(name, pattern, length - 1) == 0;
    }
    if (pattern[0] == '*') {
        return strlen(name) >= length &&
               strcmp(name + strlen(name) - (length - 1), pattern + 1) == 0;
    }
    if (pattern[length - 1] == '#') {
        return strncmp(name, pattern, length - 1) == 0 && name[length - 1] != '\0' &&
               name[length - 1 + strspn(name + length - 1, "0123456789")] == '\0';
    }
    return strcmp(name, pattern) == 0;
}

static const struct reference_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(reference_kinds) / sizeof(reference_kinds[0]); i++) {
        if (name_matches(name, reference_kinds[i].name)) {
            return &reference_kinds[i];
        }
    }
    return NULL;
}

static void add_property(const void *dtb, const char *name, const fdt32_t *cells, int cell_count,
                         struct tree_reference **references, size_t *count)
{
    const struct reference_kind *kind = find_kind(name);
    int gic = tree_gic(dtb);

    if (kind == NULL) {
        return;
    }
    for (int i = 0; i < cell_count;) {
        uint32_t phandle = fdt32_to_cpu(cells[i]);
        int node = phandle == 0 ? -1 : tree_by_phandle(dtb, phandle);

        i++;
        if (phandle == 0) {
            continue; /* an entry left empty */
        }
        if (node < 0) {
            return; /* what follows cannot be counted */
        }
        if (node != gic) {
            *ARRAY_ADD(*references, *count) = (struct tree_reference){node, name};
        }
        if (kind->first_only) {
            return;
        }
        i += (int)(kind->cells_property != NULL ? tree_cell(dtb, node, kind->cells_property, 0)
                                                : kind->cells);
    }
}

void tree_references(const void *dtb, int node, struct tree_reference **references, size_t *count)
{
    int property, length;
    const char *name;

    fdt_for_each_property_offset(property, dtb, node)
    {
        const fdt32_t *cells = fdt_getprop_by_offset(dtb, property, &name, &length);

        if (cells != NULL) {
            add_property(dtb, name, cells, length / 4, references, count);
        }
    }

    /* Controllers of its interrupts, wherever those end. */
    struct tree_interrupt *interrupts = NULL;
    size_t interrupt_count = 0;
    bool extended = fdt_getprop(dtb, node, "interrupts-extended", NULL) != NULL;

    /* what is wrong is reported with the device */
    (void)tree_interrupts(dtb, node, &interrupts, &interrupt_count);
    for (size_t i = 0; i < interrupt_count; i++) {
        if (interrupts[i].controller != tree_gic(dtb)) {
            *ARRAY_ADD(*references, *count) = (struct tree_reference){
                interrupts[i].controller, extended ? "interrupts-extended" : "interrupt-parent"};
        }
    }
}
