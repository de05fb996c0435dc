/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks translation tables as the processor does (Arm DDI 0487, D8: VMSAv8-64, 4 KB granule, no
 * LPA2), and lists what they map.
 *
 * A table is walked once, whoever refers to it: a second reference is a failure, so that a walk
 * ends even where tables refer to each other in a circle, and its cost is bounded by the image's
 * size.
 */
#ifndef COMPOSER_WALK_H
#define COMPOSER_WALK_H

#include "plan_view.h"
#include "report.h"
#include "image_reader.h"

enum walk_stage {
    WALK_STAGE2, /* of EL1&0 */
    /* without the virtualisation host extensions: one range of addresses, one privilege */
    WALK_STAGE1_EL2,
};

/** A range of addresses that tables map, as one piece: as large as possible. Attributes are
 * PLAN_MEMORY_*. */
struct mapping {
    uint64_t address; /* ipa in stage 2, va at EL2 */
    uint64_t pa;
    uint64_t size;
    uint32_t attributes;
};

/** What one root leads to. */
struct walk {
    const char *who;          /* for messages: "vm linux", "cpu 1" */
    struct mapping *mappings; /* by address */
    size_t mapping_count;
    size_t mapping_room;
    uint64_t *tables; /* pa of every table page, the root's first */
    size_t table_count;
    size_t table_room;
};

/** All table pages that any walk has met, and whose they are. */
struct walk_tables {
    struct walk_table {
        uint64_t key; /* the page's address | 1; 0: free */
        const char *who;
    } * slots;
    size_t count;
    size_t room; /* a power of two */
};

/** What a walk starts from. */
struct walk_root {
    enum walk_stage stage;
    uint64_t pa;
    /* size of the input address space; 31..39 start at level 1, fewer at level 2 */
    unsigned address_bits;
    unsigned output_bits; /* physical addresses at or above 2^output_bits are failures */
};

/** Follows the tables at @root. What is wrong is reported as PROPERTY_MEMORY_* or
 * PROPERTY_HYPERVISOR_*. */
void walk_run(const struct image_file *image, const struct plan_view *plan,
              struct walk_tables *tables, const struct walk_root *root, struct walk *walk,
              struct report *report);

void walk_free(struct walk *walk);
void walk_tables_free(struct walk_tables *tables);

/** Appends to a list of mappings; joins it with the last one where that is possible. */
void walk_add_mapping(struct walk *walk, const struct mapping *mapping);

/** "RW, device": for messages. */
const char *walk_attributes_text(uint32_t attributes, char text[32]);

#endif
