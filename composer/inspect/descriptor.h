/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of translation tables, as far as they may be used (Arm DDI 0487, D8.3, D8.4,
 * D8.6). */
#ifndef COMPOSER_DESCRIPTOR_H
#define COMPOSER_DESCRIPTOR_H

#include "walk.h"

enum descriptor_type {
    DESCRIPTOR_INVALID,
    DESCRIPTOR_TABLE,
    DESCRIPTOR_LEAF, /* block or page */
};

struct descriptor {
    enum descriptor_type type;
    uint64_t pa;         /* of the next table, or of the memory */
    uint32_t attributes; /* PLAN_MEMORY_*; of a leaf */
    const char *wrong;   /* what must not be so, or NULL */
};

/** log2 of what one entry of a table of @level maps. */
static inline unsigned descriptor_shift(unsigned level)
{
    return 39 - 9 * level;
}

/** Takes a descriptor apart that stands in a table of @level (1..3). */
struct descriptor descriptor_decode(enum walk_stage stage, unsigned level, uint64_t value);

#endif
