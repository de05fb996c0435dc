/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image is compared with besides itself: the engine's file, the board, the system's file.
 * Each may be missing; then the properties that need it are skipped, and check says so.
 */
#ifndef COMPOSER_CHECK_SOURCES_H
#define COMPOSER_CHECK_SOURCES_H

#include "check.h"
#include "check_board.h"
#include "check_engine.h"
#include "check_system.h"

/** Those that are open; NULL: not given. */
struct check_sources {
    struct engine_file *engine;
    struct board_source *board;
    struct system_source *system;
    struct engine_file engine_file;
    struct board_source board_source;
    struct system_source system_source;
};

/** Opens what @against names; @head: the plan's, which names the engine by controller and
 * console. Returns false after it has said on stderr which file can't be used; close it in any
 * case. */
bool check_sources_open(const struct check_against *against, const struct plan *head,
                        struct check_sources *sources);
void check_sources_close(struct check_sources *sources);

#endif
