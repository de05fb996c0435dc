/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's address space, range by range: what lies there and whose it is. */
#ifndef COMPOSER_SHOW_MAP_H
#define COMPOSER_SHOW_MAP_H

#include "image_view.h"

struct map_row {
    uint64_t start;
    uint64_t size;
    char what[PART_NAME_SIZE];
    const char *owner;  /* "vm linux", "hypervisor", or NULL: nobody */
    const char *access; /* what the owner may do: "RWX", "R", "RW device"; NULL for nobody's */
};

struct map {
    struct map_row *rows; /* by address */
    size_t count;
    size_t room;
};

void map_make(const struct image_view *view, struct map *map);
void map_free(struct map *map);

#endif
