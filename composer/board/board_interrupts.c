/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which SPIs something on the board may raise, given to a VM or not: what the device tree names
 * anywhere, also by way of interrupt-maps and as room for message-signalled interrupts. The others
 * are free for doorbells.
 */
#include "board_read.h"
#include "tree.h"

static void mark(bool used[PLAN_MAX_INTIDS], uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count && first < PLAN_MAX_INTIDS; i++, first++) {
        used[first] = true;
    }
}

static void mark_node(const void *dtb, int node, bool used[PLAN_MAX_INTIDS])
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;

    /* what is wrong is reported with the device */
    (void)tree_interrupts(dtb, node, &interrupts, &count);
    for (size_t i = 0; i < count; i++) {
        mark(used, interrupts[i].intid, 1);
    }
}

/* Entries of an interrupt-map: the child's unit address and specifier, the parent's phandle,
 * address and specifier (specification, 2.4.3). */
static void mark_map(const void *dtb, int node, bool used[PLAN_MAX_INTIDS])
{
    int length;
    const fdt32_t *cells = fdt_getprop(dtb, node, "interrupt-map", &length);
    int child = (int)(tree_cell(dtb, node, "#address-cells", 2) % 16 +
                      tree_cell(dtb, node, "#interrupt-cells", 1) % 16);
    int gic = tree_gic(dtb);

    for (int at = child; cells != NULL && (at + 1) * 4 <= length;) {
        int parent = tree_by_phandle(dtb, fdt32_to_cpu(cells[at]));
        if (parent < 0) {
            return; /* what follows cannot be counted */
        }
        int specifier = at + 1 + (int)(tree_cell(dtb, parent, "#address-cells", 0) % 16);
        int next = specifier + (int)(tree_cell(dtb, parent, "#interrupt-cells", 1) % 16);
        if (parent == gic && next >= specifier + 2 && next * 4 <= length &&
            fdt32_to_cpu(cells[specifier]) == 0) {
            mark(used, PLAN_FIRST_SPI + fdt32_to_cpu(cells[specifier + 1]) % PLAN_MAX_INTIDS, 1);
        }
        at = next + child;
    }
}

/* Frames for messages: the GICv2m's, and the GICv3's own (Linux bindings arm,gic and
 * arm,gic-v3). */
static void mark_messages(const struct board *board, int node, bool used[PLAN_MAX_INTIDS])
{
    int length;
    const fdt32_t *ranges = fdt_getprop(board->dtb, node, "mbi-ranges", &length);
    struct board_messages messages;

    (void)board_messages_of(board, node, &messages); /* as far as they are known */
    mark(used, messages.first, messages.count);
    for (int i = 0; ranges != NULL && (i + 2) * 4 <= length; i += 2) {
        mark(used, fdt32_to_cpu(ranges[i]), fdt32_to_cpu(ranges[i + 1]));
    }
}

void board_interrupts_used(const struct board *board, bool used[PLAN_MAX_INTIDS])
{
    mark(used, PLAN_INTID_END, PLAN_MAX_INTIDS - PLAN_INTID_END);
    for (int node = 0; node >= 0; node = fdt_next_node(board->dtb, node, NULL)) {
        mark_node(board->dtb, node, used);
        mark_map(board->dtb, node, used);
        mark_messages(board, node, used);
    }
}
