/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the device tree node that the user means. */
#include "board_read.h"

#include <libfdt.h>
#include <string.h>

#include "tree.h"

static int find_in(const void *dtb, const char *folder, const char *name)
{
    int node = tree_top(dtb, folder);
    const char *path = node < 0 ? NULL : fdt_getprop(dtb, node, name, NULL);

    return path == NULL ? -FDT_ERR_NOTFOUND : fdt_path_offset(dtb, path);
}

/* @name is the node's name, with or without its unit address. */
static bool is_called(const void *dtb, int node, const char *name)
{
    const char *node_name = fdt_get_name(dtb, node, NULL);
    size_t length = strlen(name);

    return strncmp(node_name, name, length) == 0 &&
           (node_name[length] == '\0' || node_name[length] == '@');
}

static int find_by_node_name(const void *dtb, const char *name)
{
    int found = -FDT_ERR_NOTFOUND;

    for (int node = 0; node >= 0; node = fdt_next_node(dtb, node, NULL)) {
        if (!is_called(dtb, node, name)) {
            continue;
        }
        if (found >= 0) {
            return -FDT_ERR_EXISTS;
        }
        found = node;
    }
    return found;
}

int board_find_node(const struct board *board, const char *name)
{
    int node;

    if (name[0] == '/') {
        return fdt_path_offset(board->dtb, name);
    }
    if ((node = find_in(board->dtb, "aliases", name)) >= 0) {
        return node;
    }
    for (size_t i = 0; i < board->facts->alias_count; i++) {
        if (strcmp(board->facts->aliases[i].name, name) == 0) {
            return fdt_path_offset(board->dtb, board->facts->aliases[i].path);
        }
    }
    if ((node = find_in(board->dtb, "__symbols__", name)) >= 0) {
        return node;
    }
    return find_by_node_name(board->dtb, name);
}
