/* SPDX-License-Identifier: Apache-2.0 */
/* The board's RAM: what its device tree or board.yaml says there is, without what either
 * reserves. */
#include "board_read.h"

#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "plan_map.h"
#include "tree.h"

/* Takes @hole, widened to pages, out of the board's RAM. */
static void reserve(struct board *board, struct range hole)
{
    uint64_t start = align_down(hole.start, PAGE_SIZE);
    uint64_t end = hole.size > UINT64_MAX - hole.start - PAGE_SIZE
                       ? UINT64_MAX
                       : align_up(range_end(hole), PAGE_SIZE);
    struct range *left = NULL;
    size_t count = 0;

    for (size_t i = 0; i < board->ram_count; i++) {
        uint64_t bank_start = board->ram[i].start;
        uint64_t bank_end = range_end(board->ram[i]);
        uint64_t below = start < bank_end ? start : bank_end;
        uint64_t above = end > bank_start ? end : bank_start;

        if (below > bank_start) {
            *ARRAY_ADD(left, count) = range_of(bank_start, below - bank_start);
        }
        if (above < bank_end) {
            *ARRAY_ADD(left, count) = range_of(above, bank_end - above);
        }
    }
    board->ram = left;
    board->ram_count = count;
}

static int range_compare(const void *left, const void *right)
{
    const struct range *a = left;
    const struct range *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

/* Sorts the ranges; those that overlap or touch become one. */
static void merge(struct board *board)
{
    size_t count = 0;

    if (board->ram_count > 0) {
        qsort(board->ram, board->ram_count, sizeof(*board->ram), range_compare);
    }
    for (size_t i = 0; i < board->ram_count; i++) {
        struct range *last = count > 0 ? &board->ram[count - 1] : NULL;
        const struct range *next = &board->ram[i];

        if (last == NULL || next->start > range_end(*last)) {
            board->ram[count++] = *next;
        } else if (range_end(*next) > range_end(*last)) {
            last->size = range_end(*next) - last->start;
        }
    }
    board->ram_count = count;
}

/* What the enabled memory nodes say; firmware fills many of them in only when the board starts.
 * Returns their paths. */
static const char *read_nodes(struct board *board)
{
    const char *paths = "";
    struct range *ranges;
    size_t count;

    for (int node = 0; node >= 0; node = fdt_next_node(board->dtb, node, NULL)) {
        const char *type = fdt_getprop(board->dtb, node, "device_type", NULL);

        if (type == NULL || strcmp(type, "memory") != 0 || !tree_is_enabled(board->dtb, node)) {
            continue;
        }
        paths = text_join(paths, ", ", tree_path(board->dtb, node));
        tree_registers(board->dtb, node, &ranges, &count);
        for (size_t i = 0; i < count; i++) {
            *ARRAY_ADD(board->ram, board->ram_count) = ranges[i];
        }
    }
    return paths;
}

static void reserve_all(struct board *board)
{
    int reserved = fdt_path_offset(board->dtb, "/reserved-memory");
    struct range *ranges;
    size_t count;
    int node;

    fdt_for_each_subnode(node, board->dtb, reserved)
    {
        tree_registers(board->dtb, node, &ranges, &count);
        for (size_t i = 0; i < count; i++) {
            reserve(board, ranges[i]);
        }
    }
    for (int i = 0; i < fdt_num_mem_rsv(board->dtb); i++) {
        struct range hole;

        if (fdt_get_mem_rsv(board->dtb, i, &hole.start, &hole.size) == 0 && hole.size > 0) {
            reserve(board, hole);
        }
    }
    for (size_t i = 0; i < board->facts->reserved_count; i++) {
        reserve(board, board->facts->reserved[i]);
    }
}

/* A part of the interrupt controller that RAM covers, or NULL. */
static const struct board_frame *covered_frame(const struct board *board)
{
    for (size_t i = 0; i < board->ram_count; i++) {
        for (size_t j = 0; j < board->gic_frame_count; j++) {
            if (ranges_overlap(board->ram[i], board->gic_frames[j].range)) {
                return &board->gic_frames[j];
            }
        }
    }
    return NULL;
}

bool board_ram_read(struct board *board, struct source_location location)
{
    const char *file = board->facts->file;
    const char *nodes = "";

    if (board->facts->ram_count > 0) {
        board->ram = board->facts->ram;
        board->ram_count = board->facts->ram_count;
    } else {
        nodes = read_nodes(board);
    }
    merge(board);
    if (board->ram_count == 0) {
        error(location,
              "%s; say in %s what the board has, as in ram: [{start: 0x40000000, size: 1G}]",
              nodes[0] != '\0'
                  ? text_format("%s: the size is 0, to be filled in when the board starts", nodes)
                  : "the board's device tree has no enabled node with device_type memory",
              file);
        return false;
    }
    if (board->ram[0].start >= EL2_WINDOW_SIZE) {
        error(location,
              "%s%sall RAM lies at 0x%llx and above; this version reaches what lies below 0x%llx",
              nodes, nodes[0] != '\0' ? ": " : "", (unsigned long long)board->ram[0].start,
              EL2_WINDOW_SIZE + 0ULL);
        return false;
    }
    const struct board_frame *covered = covered_frame(board);
    if (covered != NULL) {
        error(location,
              "%s: RAM covers the registers of the interrupt controller at 0x%llx (%s); correct "
              "ram or the memory "
              "node",
              board->facts->ram_count > 0 ? file : nodes, (unsigned long long)covered->range.start,
              covered->name);
        return false;
    }
    reserve_all(board);
    if (board->ram_count == 0) {
        error(location,
              "all of the board's memory is reserved, by /reserved-memory, /memreserve/ or %s "
              "(reserved); "
              "free some",
              file);
        return false;
    }
    return true;
}
