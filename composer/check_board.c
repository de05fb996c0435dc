/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a board, and finds nodes by their registers (check_board.h; Devicetree Specification 0.4, 2.3). */
#include "check_board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_tree_read.h"

#define PATH_SIZE 4096

bool board_is_enabled(const void *tree, int node)
{
    for (; node >= 0; node = fdt_parent_offset(tree, node)) {
        const char *status = tree_text(tree, node, "status");
        if (status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0) {
            return false;
        }
    }
    return true;
}

/* By "ranges" of @bus, to an address of the bus above it. */
static bool translate(const void *tree, int bus, int above, uint64_t *start, uint64_t size)
{
    int length;
    int own = fdt_address_cells(tree, bus);
    int own_size = fdt_size_cells(tree, bus);
    int outer = fdt_address_cells(tree, above);
    const fdt32_t *ranges = fdt_getprop(tree, bus, "ranges", &length);
    if (ranges == NULL || own < 1 || own > 2 || own_size < 1 || own_size > 2 || outer < 1 || outer > 2) {
        return false;
    }
    int step = own + outer + own_size;
    for (int i = 0; (i + step) * 4 <= length; i += step) {
        uint64_t here = tree_cells(ranges + i, own);
        if (range_contains(here, tree_cells(ranges + i + own + outer, own_size), *start, size)) {
            *start = *start - here + tree_cells(ranges + i + own, outer);
            return true;
        }
    }
    return length == 0;
}

void board_registers(const void *tree, int node, struct spans *registers)
{
    int length;
    int bus = fdt_parent_offset(tree, node);
    const fdt32_t *cells = fdt_getprop(tree, node, "reg", &length);
    int own = bus >= 0 ? fdt_address_cells(tree, bus) : 0;
    int own_size = bus >= 0 ? fdt_size_cells(tree, bus) : 0;
    if (cells == NULL || own < 1 || own > 2 || own_size < 1 || own_size > 2) {
        return;
    }
    for (int i = 0; (i + own + own_size) * 4 <= length; i += own + own_size) {
        uint64_t start = tree_cells(cells + i, own);
        uint64_t size = tree_cells(cells + i + own, own_size);
        bool reached = true;
        int above;
        for (int at = bus; reached && (above = fdt_parent_offset(tree, at)) >= 0; at = above) {
            reached = translate(tree, at, above, &start, size);
        }
        if (reached && size <= UINT64_MAX - start) {
            spans_add(registers, start, size, (uint32_t)node, NULL);
        }
    }
}

static bool is_memory(const void *tree, int node)
{
    const char *type = tree_text(tree, node, "device_type");
    return type != NULL && strcmp(type, "memory") == 0;
}

/* Takes what is reserved out of the RAM, with all of its pages. */
static void take_out(struct spans *ram, struct spans *reserved)
{
    struct spans left = {0};
    spans_join(ram);
    for (size_t i = 0; i < reserved->count; i++) {
        struct span *hole = &reserved->items[i];
        uint64_t end = (hole->start + hole->size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
        hole->start = hole->start / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
        hole->size = end - hole->start;
    }
    spans_join(reserved);
    for (size_t i = 0; i < ram->count; i++) {
        uint64_t at = ram->items[i].start;
        uint64_t end = at + ram->items[i].size;
        while (at < end) {
            const struct span *hole = spans_overlapping(reserved, at, end - at);
            uint64_t stop = hole == NULL ? end : hole->start > at ? hole->start : at;
            spans_add(&left, at, stop - at, 0, NULL);
            at = hole != NULL ? hole->start + hole->size : end;
        }
    }
    spans_free(ram);
    *ram = left;
}

static void collect_registers(struct board_source *board)
{
    struct spans holes = {0};
    int reserved = fdt_path_offset(board->tree, "/reserved-memory");
    for (int node = 0; node >= 0; node = fdt_next_node(board->tree, node, NULL)) {
        if (fdt_getprop(board->tree, node, "reg", NULL) == NULL) {
            continue;
        }
        if (reserved >= 0 && fdt_parent_offset(board->tree, node) == reserved) {
            board_registers(board->tree, node, &holes);
        } else if (board_is_enabled(board->tree, node)) {
            board_registers(board->tree, node, is_memory(board->tree, node) ? &board->ram : &board->registers);
        }
    }
    for (int i = 0; i < fdt_num_mem_rsv(board->tree); i++) {
        uint64_t start, size;
        if (fdt_get_mem_rsv(board->tree, i, &start, &size) == 0) {
            spans_add(&holes, start, size, 0, NULL);
        }
    }
    const yaml_node_t *list = config_get(&board->facts, config_root(&board->facts), "reserved");
    const yaml_node_t *item;
    for (size_t i = 0; (item = config_item(&board->facts, list, i)) != NULL; i++) {
        spans_add(&holes, config_number(&board->facts, item, "start", 0), config_number(&board->facts, item, "size", 0),
                  0, NULL);
    }
    take_out(&board->ram, &holes);
    spans_free(&holes);
}

static int compare_cores(const void *left, const void *right)
{
    const struct board_core *a = left;
    const struct board_core *b = right;
    return (a->mpidr > b->mpidr) - (a->mpidr < b->mpidr);
}

/* CPUs are numbered in the order of their MPIDR. */
static void collect_cores(struct board_source *board)
{
    struct board_core *found = NULL;
    size_t count = 0;
    int node, length;
    int cpus = fdt_path_offset(board->tree, "/cpus");
    int cells = cpus >= 0 ? fdt_address_cells(board->tree, cpus) : 0;
    fdt_for_each_subnode(node, board->tree, cpus)
    {
        const char *type = tree_text(board->tree, node, "device_type");
        const char *status = tree_text(board->tree, node, "status");
        const fdt32_t *reg = fdt_getprop(board->tree, node, "reg", &length);
        bool out = status != NULL && (strcmp(status, "disabled") == 0 || strncmp(status, "fail", 4) == 0);
        if (type != NULL && strcmp(type, "cpu") == 0 && reg != NULL && length >= 4 * cells && !out) {
            found = memory_or_exit(found, count + 1, sizeof(found[0]));
            found[count++] = (struct board_core){tree_cells(reg, cells), node};
        }
    }
    if (count != 0) {
        qsort(found, count, sizeof(found[0]), compare_cores);
    }
    for (size_t i = 0; i < count && i < PLAN_MAX_CPUS; i++) {
        board->cores[board->core_count++] = found[i];
    }
    free(found);
}

bool board_source_open(const char *path, struct board_source *board, char why[IMAGE_FILE_WHY_SIZE])
{
    char file[PATH_SIZE];
    char reason[IMAGE_FILE_WHY_SIZE];
    char *whole = realpath(path, NULL);
    *board = (struct board_source){.path = path};
    snprintf(board->name, sizeof(board->name), "%s", whole != NULL ? strrchr(whole, '/') + 1 : path);
    free(whole);
    snprintf(file, sizeof(file), "%s/board.dtb", path);
    if (!image_file_read(file, &board->file, reason)) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "board.dtb: %.100s", reason);
        return false;
    }
    board->tree = board->file.bytes;
    if (board->file.size < FDT_V1_SIZE || board->file.size > INT32_MAX ||
        fdt_check_full(board->tree, board->file.size) != 0) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "board.dtb: no device tree, or a damaged one");
        return false;
    }
    snprintf(file, sizeof(file), "%s/board.yaml", path);
    board->has_facts = config_open(file, &board->facts, reason);
    if (!board->has_facts) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "board.yaml: %.100s", reason);
        return false;
    }
    collect_registers(board);
    collect_cores(board);
    return true;
}

void board_source_close(struct board_source *board)
{
    if (board->has_facts) {
        config_close(&board->facts);
    }
    image_file_close(&board->file);
    spans_free(&board->registers);
    spans_free(&board->ram);
    *board = (struct board_source){0};
}

static bool is_called(const void *tree, int node, const char *name)
{
    const char *own = fdt_get_name(tree, node, NULL);
    size_t length = strcspn(name, "@");
    return strcspn(own, "@") == length && strncmp(own, name, length) == 0;
}

int board_find(const struct board_source *board, const char *name, uint64_t address)
{
    if (address == UINT64_MAX) {
        int node = 0;
        while (node >= 0 &&
               (strcmp(fdt_get_name(board->tree, node, NULL), name) != 0 || !board_is_enabled(board->tree, node))) {
            node = fdt_next_node(board->tree, node, NULL);
        }
        return node;
    }
    for (size_t i = 0; i < board->registers.count; i++) {
        const struct span *span = &board->registers.items[i];
        bool first = i == 0 || span[-1].owner != span->owner;
        if (first && span->start == address && is_called(board->tree, (int)span->owner, name)) {
            return (int)span->owner;
        }
    }
    return -FDT_ERR_NOTFOUND;
}
