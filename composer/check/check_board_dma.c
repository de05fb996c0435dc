/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices of the board read and write memory by themselves, and how far they reach
 * (Devicetree Specification 0.4, 2.3.9). */
#include <inttypes.h>

#include "check_board_nodes.h"
#include "check_tree_read.h"

/* Properties of a device's own that only those have which read and write memory by themselves. */
static const char *const dma_properties[] = {
    "dma-coherent", "dma-noncoherent", "dma-ranges", "dmas", "iommus", "#dma-cells", "#iommu-cells",
};

bool board_does_dma(struct board_source *board, int node)
{
    for (size_t i = 0; i < sizeof(dma_properties) / sizeof(dma_properties[0]); i++) {
        if (fdt_getprop(board->tree, node, dma_properties[i], NULL) != NULL) {
            return true;
        }
    }
    const yaml_node_t *list = config_get(&board->facts, config_root(&board->facts), "dma");
    const char *compatible;
    for (size_t i = 0; (compatible = config_text(config_item(&board->facts, list, i))) != NULL;
         i++) {
        if (fdt_node_check_compatible(board->tree, node, compatible) == 0) {
            return true;
        }
    }
    return false;
}

/* The memory that devices on @bus reach, by its dma-ranges. Returns false if memory has other
 * addresses there. */
static bool read_windows(const void *tree, int bus, const fdt32_t *cells, int length,
                         struct spans *windows)
{
    int own = fdt_address_cells(tree, bus);
    int above = fdt_address_cells(tree, tree_above(tree, bus));
    int sizes = fdt_size_cells(tree, bus);
    if (own < 1 || own > 2 || above < 1 || above > 2 || sizes < 1 || sizes > 2) {
        return false;
    }
    for (int i = 0; 4 * (i + own + above + sizes) <= length; i += own + above + sizes) {
        uint64_t start = tree_cells(cells + i, own);
        uint64_t size = tree_cells(cells + i + own + above, sizes);
        if (start != tree_cells(cells + i + own, above)) {
            return false;
        }
        spans_add(windows, start, size <= UINT64_MAX - start ? size : UINT64_MAX - start, 0, NULL);
    }
    spans_join(windows);
    return true;
}

static void check_windows(const struct trees *trees, int node, const struct spans *windows)
{
    const struct plan_memory *memory = plan_view_memory(&trees->check->view.plan, trees->vm);
    uint64_t where;
    for (uint32_t i = 0; i < trees->check->view.plan.vms[trees->vm].memory.count; i++) {
        if (image_view_is_ram(&trees->check->view, trees->vm, &memory[i]) &&
            !spans_cover(windows, memory[i].pa, memory[i].size, &where)) {
            report_fail(trees->check->view.report, PROPERTY_BOARD_DEVICES,
                        "%s has RAM at 0x%" PRIx64
                        ", which %.64s of board %s does not reach by DMA (dma-ranges)",
                        trees->check->view.vm_who[trees->vm], where,
                        fdt_get_name(trees->tree, node, NULL), trees->board->name);
            return;
        }
    }
}

void check_board_dma(const struct trees *trees, int node, int board_node)
{
    const void *tree = trees->board->tree;
    int length;
    if (!board_does_dma(trees->check->sources->board, board_node)) {
        return;
    }
    for (int bus = tree_above(tree, board_node); bus > 0; bus = tree_above(tree, bus)) {
        struct spans windows = {0};
        const fdt32_t *cells = fdt_getprop(tree, bus, "dma-ranges", &length);
        if (cells == NULL || length == 0) {
            continue;
        }
        if (read_windows(tree, bus, cells, length, &windows)) {
            check_windows(trees, node, &windows);
        } else {
            report_fail(trees->check->view.report, PROPERTY_BOARD_DEVICES,
                        "%s has %.64s, which sees memory at other addresses than the CPU "
                        "(dma-ranges on board %s)",
                        trees->check->view.vm_who[trees->vm], fdt_get_name(trees->tree, node, NULL),
                        trees->board->name);
        }
        spans_free(&windows);
    }
}
