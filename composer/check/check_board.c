/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a board, and finds nodes by their registers (check_board.h; Devicetree Specification
 * 0.4, 2.3). */
#include "check_board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_tree_read.h"

#define PATH_SIZE 4096

/* By "ranges" of @bus, to an address of the bus above it. */
static bool translate(const void *tree, int bus, int above, uint64_t *start, uint64_t size)
{
    int length;
    int own = fdt_address_cells(tree, bus);
    int own_size = fdt_size_cells(tree, bus);
    int outer = fdt_address_cells(tree, above);
    const fdt32_t *ranges = fdt_getprop(tree, bus, "ranges", &length);
    if (ranges == NULL || own < 1 || own > 2 || own_size < 1 || own_size > 2 || outer < 1 ||
        outer > 2) {
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
    int bus = tree_above(tree, node);
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
        for (int at = bus; reached && (above = tree_above(tree, at)) >= 0; at = above) {
            reached = translate(tree, at, above, &start, size);
        }
        if (reached && size != 0 && size <= UINT64_MAX - start) {
            spans_add(registers, start, size, (uint32_t)node, NULL);
        }
    }
}

static bool is_memory(const void *tree, int node)
{
    const char *type = tree_text(tree, node, "device_type");
    return type != NULL && strcmp(type, "memory") == 0;
}

static uint64_t page_down(uint64_t address)
{
    return address / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
}

static uint64_t page_up(uint64_t address)
{
    return address > UINT64_MAX - PLAN_PAGE_SIZE ? page_down(UINT64_MAX)
                                                 : page_down(address + PLAN_PAGE_SIZE - 1);
}

/* Takes what is reserved out of the RAM, with all of its pages. */
static void take_out(struct spans *ram, struct spans *reserved)
{
    struct spans left = {0};
    spans_join(ram);
    for (size_t i = 0; i < reserved->count; i++) {
        struct span *hole = &reserved->items[i];
        uint64_t end = page_up(hole->start + hole->size);
        hole->start = page_down(hole->start);
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
    for (size_t i = 0; i < ram->count; i++) {
        uint64_t end = page_up(ram->items[i].start + ram->items[i].size);
        ram->items[i].start = page_down(ram->items[i].start);
        ram->items[i].size = end - ram->items[i].start;
    }
    spans_join(ram);
}

/* Adds the ranges of a list of board.yaml. */
static void collect_facts(struct board_source *board, const char *key, struct spans *spans)
{
    const yaml_node_t *list = config_get(&board->facts, config_root(&board->facts), key);
    const yaml_node_t *item;
    for (size_t i = 0; (item = config_item(&board->facts, list, i)) != NULL; i++) {
        uint64_t start = config_number(&board->facts, item, "start", 0);
        uint64_t size = config_number(&board->facts, item, "size", 0);
        if (size <= UINT64_MAX - start) {
            spans_add(spans, start, size, 0, NULL);
        }
    }
}

/* What a plain bus has are its devices' registers, and they say so themselves. */
static bool is_bus(const void *tree, int node)
{
    return fdt_node_check_compatible(tree, node, "simple-bus") == 0;
}

static void collect_registers(struct board_source *board)
{
    struct spans said = {0}; /* of memory nodes; what board.yaml says counts more */
    struct spans holes = {0};
    int reserved = fdt_path_offset(board->tree, "/reserved-memory");
    for (int node = 0; node >= 0; node = fdt_next_node(board->tree, node, NULL)) {
        if (fdt_getprop(board->tree, node, "reg", NULL) == NULL) {
            continue;
        }
        if (reserved >= 0 && tree_above(board->tree, node) == reserved) {
            board_registers(board->tree, node, &holes);
        } else if (tree_enabled(board->tree, node) && is_memory(board->tree, node)) {
            board_registers(board->tree, node, &said);
        } else if (!is_bus(board->tree, node) && tree_enabled(board->tree, node)) {
            board_registers(board->tree, node, &board->registers);
        }
    }
    for (int i = 0; i < fdt_num_mem_rsv(board->tree); i++) {
        uint64_t start, size;
        if (fdt_get_mem_rsv(board->tree, i, &start, &size) == 0 && size <= UINT64_MAX - start) {
            spans_add(&holes, start, size, 0, NULL);
        }
    }
    collect_facts(board, "reserved", &holes);
    collect_facts(board, "ram", &board->ram);
    if (board->ram.count == 0) {
        board->ram = said;
        said = (struct spans){0};
    }
    take_out(&board->ram, &holes);
    spans_free(&said);
    spans_free(&holes);
}

static int compare_cores(const void *left, const void *right)
{
    const struct board_core *a = left;
    const struct board_core *b = right;
    return (a->mpidr > b->mpidr) - (a->mpidr < b->mpidr);
}

/* Enabled CPUs are numbered in the order of their MPIDR; all CPUs have redistributors, in this
 * order. */
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
        const fdt32_t *reg = fdt_getprop(board->tree, node, "reg", &length);
        if (type != NULL && strcmp(type, "cpu") == 0 && reg != NULL && length >= 4 * cells) {
            found = memory_or_exit(found, count + 1, sizeof(found[0]));
            found[count++] = (struct board_core){.mpidr = tree_cells(reg, cells), .node = node};
        }
    }
    if (count != 0) {
        qsort(found, count, sizeof(found[0]), compare_cores);
    }
    for (size_t i = 0; i < count && board->core_count < PLAN_MAX_CPUS; i++) {
        found[i].redistributor = (uint32_t)i;
        if (tree_enabled(board->tree, found[i].node)) {
            board->cores[board->core_count++] = found[i];
        }
    }
    free(found);
}

/* The folder's name, also if the path ends with ".", ".." or slashes. */
static void set_name(const char *path, char name[BOARD_NAME_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *last = slash != NULL ? slash + 1 : path;
    char *whole = last[0] == 0 || last[0] == '.' ? realpath(path, NULL) : NULL;
    snprintf(name, BOARD_NAME_SIZE, "%s", whole != NULL ? strrchr(whole, '/') + 1 : last);
    free(whole);
}

bool board_source_open(const char *path, struct board_source *board, char why[IMAGE_FILE_WHY_SIZE])
{
    char file[PATH_SIZE];
    char reason[IMAGE_FILE_WHY_SIZE];
    *board = (struct board_source){.path = path};
    set_name(path, board->name);
    snprintf(file, sizeof(file), "%s/board.dtb", path);
    if (!image_file_read(file, &board->file, reason)) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "board.dtb: %.100s", reason);
        snprintf(file, sizeof(file), "%s/board.dts", path);
        if (access(file, F_OK) == 0) {
            snprintf(why, IMAGE_FILE_WHY_SIZE,
                     "check reads no board.dts; give the folder where make puts its board.dtb");
        }
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
    tree_remember(board->tree);
    collect_registers(board);
    collect_cores(board);
    return true;
}

void board_source_close(struct board_source *board)
{
    if (board->has_facts) {
        config_close(&board->facts);
    }
    tree_forget();
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
    for (size_t i = 0; i < board->registers.count; i++) {
        const struct span *span = &board->registers.items[i];
        bool first = i == 0 || span[-1].owner != span->owner;
        if (first && span->start == address && is_called(board->tree, (int)span->owner, name)) {
            return (int)span->owner;
        }
    }
    return -FDT_ERR_NOTFOUND;
}
