/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a board's folder and reads what is in it. */
#include "board_read.h"

#include <dirent.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"
#include "suggest.h"

/* Linux takes no device tree that is larger (Documentation/arm64/booting.rst). */
#define DTB_LIMIT (2U << 20)

static int is_board(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void report_unknown_board(const char *name, struct source_location location,
                                 const char *data)
{
    struct dirent **entries;
    struct suggestion nearest = {.wanted = name, .keep = 1};
    const char *known = "";
    int count = scandir(text_format("%s/boards", data), &entries, is_board, alphasort);

    for (int i = 0; i < count; i++) {
        if (access(text_format("%s/boards/%s/board.yaml", data, entries[i]->d_name), R_OK) != 0) {
            continue;
        }
        known = text_join(known, ", ", entries[i]->d_name);
        suggest_consider(&nearest, entries[i]->d_name);
    }

    const char *advice = suggest_text(&nearest);
    if (known[0] == '\0') {
        error(location, "board %s does not exist; there are no boards in %s/boards", name, data);
    } else {
        error(location, "board %s does not exist; %sthere are: %s", name,
              advice != NULL ? text_format("%s ", advice) : "", known);
    }
}

static bool read_dtb(struct board *board, struct source_location location)
{
    const char *path = text_format("%s/board.dtb", board->folder);
    FILE *input = fopen(path, "rb");

    if (input == NULL) {
        error(location, "board %s has no device tree (%s: %s); build it with make", board->name,
              path, strerror(errno));
        return false;
    }

    char *dtb = memory_new(DTB_LIMIT, 1);
    board->dtb_size = fread(dtb, 1, DTB_LIMIT, input);
    board->dtb = dtb;
    fclose(input);
    if (fdt_check_full(dtb, board->dtb_size) != 0) {
        error((struct source_location){path, 0}, "not a sound device tree blob; build it again");
        return false;
    }
    return true;
}

bool board_read(const char *name, struct source_location location, const char *data,
                struct board *board)
{
    struct board_facts *facts = memory_new(1, sizeof(*facts));

    board->name = name;
    board->folder = text_format("%s/boards/%s", data, name);
    board->facts = facts;

    const char *path = text_format("%s/board.yaml", board->folder);
    if (strchr(name, '/') != NULL || name[0] == '.' || access(path, R_OK) != 0) {
        report_unknown_board(name, location, data);
        return false;
    }
    if (strlen(name) >= PLAN_BOARD_SIZE) {
        error(location, "board %s: the name is longer than %u bytes; rename its folder", name,
              PLAN_BOARD_SIZE - 1);
        return false;
    }

    bool has_facts = board_facts_read(path, facts);
    bool has_tree = read_dtb(board, location);
    if (!has_facts || !has_tree || !board_tree_read(board)) {
        return false;
    }
    board->costs = facts->costs;
    board_devices_read(board);
    return true;
}
