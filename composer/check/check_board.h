/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board as `check` reads it: the folder's board.dtb and board.yaml (docs/configuration.md, "The
 * board"). The files are believed; that they are about the machine on the desk only their owner
 * knows.
 */
#ifndef COMPOSER_CHECK_BOARD_H
#define COMPOSER_CHECK_BOARD_H

#include "check_config.h"
#include "spans.h"
#include "plan.h"

#define BOARD_NAME_SIZE 64

/** A CPU of the board. */
struct board_core {
    uint64_t mpidr;
    int node;
    uint32_t redistributor; /* which of them is its own */
};

/** A board that is open. */
struct board_source {
    const char *path;
    char name[BOARD_NAME_SIZE];
    struct image_file file; /* the device tree's bytes */
    const void *tree;
    struct config facts;
    bool has_facts;
    /* of enabled nodes but buses and memory, in their order; owner: node */
    struct spans registers;
    struct spans ram;                       /* without what is reserved, in whole pages; joined */
    struct board_core cores[PLAN_MAX_CPUS]; /* by MPIDR */
    uint32_t core_count;
};

/** Opens the board in folder @path. Returns false, with the reason in @why, if a file is missing
 * or malformed. */
bool board_source_open(const char *path, struct board_source *board, char why[IMAGE_FILE_WHY_SIZE]);
void board_source_close(struct board_source *board);

/** Registers of @node as addresses of the CPU's, added to @registers; owner: @node. What has no
 * size is none. */
void board_registers(const void *tree, int node, struct spans *registers);

/** The enabled node whose first register is at @address and whose name is @name up to the @;
 * negative: none. */
int board_find(const struct board_source *board, const char *name, uint64_t address);

#endif
