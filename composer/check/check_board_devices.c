/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan calls a device or a part of the interrupt controller, against the board's device
 * tree. */
#include <inttypes.h>
#include <string.h>

#include "check_board_nodes.h"
#include "check_tree_read.h"

/* Whether it is the interrupt controller or in it, as an ITS is. */
static bool in_controller(const void *tree, int node)
{
    int controller = tree_controller(tree);
    while (node >= 0 && node != controller) {
        node = tree_above(tree, node);
    }
    return node >= 0;
}

/* A region is made of whole pages of devices, from the first one's to the last one's. */
static void check_region(struct check *check, const struct plan_region *region)
{
    struct board_source *board = check->sources->board;
    struct spans pages = {0};
    uint64_t where;
    bool dma = false;
    for (size_t i = 0; i < board->registers.count; i++) {
        const struct span *span = &board->registers.items[i];
        if (span->size > UINT64_MAX / 2 || span->start > UINT64_MAX / 2) {
            continue; /* registers beyond any address */
        }
        uint64_t start = span->start / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
        uint64_t end =
            (span->start + span->size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
        bool own =
            region->kind == PLAN_REGION_DEVICE || in_controller(board->tree, (int)span->owner);
        if (own && range_contains(region->pa, region->size, start, end - start)) {
            spans_add(&pages, start, end - start, 0, NULL);
            dma = dma ||
                  (region->kind == PLAN_REGION_DEVICE && board_does_dma(board, (int)span->owner));
        }
    }
    spans_join(&pages);
    if (!spans_cover(&pages, region->pa, region->size, &where)) {
        report_fail(check->view.report, PROPERTY_BOARD_DEVICES,
                    "%s: board %s has no device that ends or begins at 0x%" PRIx64, region->name,
                    board->name, where);
    }
    if (dma && (region->flags & PLAN_REGION_DMA) == 0) {
        report_fail(check->view.report, PROPERTY_BOARD_DEVICES,
                    "%s at 0x%" PRIx64
                    " reads and writes memory by itself on board %s, not so by the plan",
                    region->name, region->pa, board->name);
    }
    spans_free(&pages);
}

static bool is_in_a_region(const struct check *check, uint64_t start, uint64_t size)
{
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        if (range_contains(check->view.plan.regions[i].pa, check->view.plan.regions[i].size, start,
                           size)) {
            return true;
        }
    }
    return false;
}

/* What a region left out would be nobody's device for all that check looks at. */
static void check_all_are_named(struct check *check)
{
    const struct board_source *board = check->sources->board;
    for (size_t i = 0; i < board->registers.count; i++) {
        const struct span *span = &board->registers.items[i];
        if (range_contains(0, PA_END, span->start, span->size) &&
            spans_overlapping(&check->view.ram, span->start, span->size) == NULL &&
            !is_in_a_region(check, span->start, span->size)) {
            report_fail(check->view.report, PROPERTY_BOARD_DEVICES,
                        "%.64s of board %s at 0x%" PRIx64 " is in no region",
                        fdt_get_name(board->tree, (int)span->owner, NULL), board->name,
                        span->start);
        }
    }
}

void check_board_devices(struct check *check)
{
    check_all_are_named(check);
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        if (check->view.plan.regions[i].kind != PLAN_REGION_RAM) {
            check_region(check, &check->view.plan.regions[i]);
        }
    }
}
