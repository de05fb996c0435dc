/* SPDX-License-Identifier: Apache-2.0 */
/* Walks translation tables and lists what they map. */
#include "walk.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "descriptor.h"
#include "spans.h"

#define ENTRIES (PLAN_PAGE_SIZE / sizeof(uint64_t))

/* Where reports of a stage's tables go. */
static const struct {
    enum property tables;
    enum property descriptors;
} properties[] = {
    [WALK_STAGE2] = {PROPERTY_MEMORY_TABLES, PROPERTY_MEMORY_DESCRIPTORS},
    [WALK_STAGE1_EL2] = {PROPERTY_HYPERVISOR_TABLES, PROPERTY_HYPERVISOR_DESCRIPTORS},
};

struct walker {
    const struct image_file *image;
    const struct plan_view *plan;
    struct walk_tables *tables;
    const struct walk_root *root;
    struct walk *walk;
    struct report *report;
};

void walk_add_mapping(struct walk *walk, const struct mapping *mapping)
{
    struct mapping *last =
        walk->mapping_count != 0 ? &walk->mappings[walk->mapping_count - 1] : NULL;
    if (last != NULL && last->address + last->size == mapping->address &&
        last->pa + last->size == mapping->pa && last->attributes == mapping->attributes) {
        last->size += mapping->size;
        return;
    }
    if (walk->mapping_count == walk->mapping_room) {
        walk->mapping_room = walk->mapping_room != 0 ? 2 * walk->mapping_room : 64;
        walk->mappings =
            memory_or_exit(walk->mappings, walk->mapping_room, sizeof(walk->mappings[0]));
    }
    assert(walk->mappings != NULL);
    walk->mappings[walk->mapping_count++] = *mapping;
}

static struct walk_table *table_slot(struct walk_table *slots, size_t room, uint64_t key)
{
    size_t at = (size_t)(key / PLAN_PAGE_SIZE * 0x9e3779b97f4a7c15ULL >> 20) & (room - 1);
    while (slots[at].key != 0 && slots[at].key != key) {
        at = (at + 1) & (room - 1);
    }
    return &slots[at];
}

static void tables_grow(struct walk_tables *tables)
{
    size_t room = tables->room != 0 ? 2 * tables->room : 256;
    struct walk_table *slots = memory_or_exit(NULL, room, sizeof(slots[0]));
    for (size_t i = 0; i < room; i++) {
        slots[i] = (struct walk_table){0};
    }
    for (size_t i = 0; i < tables->room; i++) {
        if (tables->slots[i].key != 0) {
            *table_slot(slots, room, tables->slots[i].key) = tables->slots[i];
        }
    }
    free(tables->slots);
    tables->slots = slots;
    tables->room = room;
}

/* Takes the table page at @pa for this walk. Returns false if it is not to be followed. */
static bool claim_table(struct walker *walker, uint64_t pa)
{
    enum property property = properties[walker->root->stage].tables;
    const struct plan_hypervisor *hypervisor = &walker->plan->plan->hypervisor;
    const char *who = walker->walk->who;
    if (!range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa, pa, PLAN_PAGE_SIZE)) {
        report_fail(walker->report, property,
                    "%s: a table at 0x%" PRIx64 " lies outside the hypervisor", who, pa);
        return false;
    }
    if (!image_file_loads(walker->image, pa, PLAN_PAGE_SIZE)) {
        report_fail(walker->report, property, "%s: the table at 0x%" PRIx64 " is not loaded", who,
                    pa);
        return false;
    }
    struct walk_tables *tables = walker->tables;
    if (2 * (tables->count + 1) > tables->room) {
        tables_grow(tables);
    }
    struct walk_table *slot = table_slot(tables->slots, tables->room, pa | 1);
    if (slot->key != 0) {
        report_fail(walker->report, property,
                    "%s: the table at 0x%" PRIx64 " is already a table of %s", who, pa, slot->who);
        return false;
    }
    *slot = (struct walk_table){.key = pa | 1, .who = who};
    tables->count++;
    struct walk *walk = walker->walk;
    if (walk->table_count == walk->table_room) {
        walk->table_room = walk->table_room != 0 ? 2 * walk->table_room : 16;
        walk->tables = memory_or_exit(walk->tables, walk->table_room, sizeof(walk->tables[0]));
    }
    walk->tables[walk->table_count++] = pa;
    return true;
}

static void add_leaf(struct walker *walker, uint64_t address, uint64_t size,
                     const struct descriptor *descriptor)
{
    const struct walk_root *root = walker->root;
    if (descriptor->pa + size > (uint64_t)1 << root->output_bits) {
        report_fail(walker->report, properties[root->stage].descriptors,
                    "%s: 0x%" PRIx64 " leads to 0x%" PRIx64 ", beyond %u bits", walker->walk->who,
                    address, descriptor->pa, root->output_bits);
    }
    struct mapping mapping = {.address = address,
                              .pa = descriptor->pa,
                              .size = size,
                              .attributes = descriptor->attributes};
    /* What stage 2 lets nobody read, write or execute is as good as not mapped. */
    if ((mapping.attributes & ~PLAN_MEMORY_DEVICE) != 0) {
        walk_add_mapping(walker->walk, &mapping);
    }
}

/* Follows the table at @pa of @level, for the addresses from @address on. Recursion ends at
 * level 3. */
static void walk_table(struct walker *walker, uint64_t pa, unsigned level, uint64_t address,
                       unsigned entries)
{
    assert(level <= 3);
    if (!claim_table(walker, pa)) {
        return;
    }
    uint64_t table[ENTRIES];
    image_file_copy(walker->image, pa, table, sizeof(table));
    uint64_t step = (uint64_t)1 << descriptor_shift(level);
    for (unsigned i = 0; i < entries; i++, address += step) {
        struct descriptor descriptor = descriptor_decode(walker->root->stage, level, table[i]);
        if (descriptor.wrong != NULL) {
            report_fail(walker->report, properties[walker->root->stage].descriptors,
                        "%s: descriptor 0x%" PRIx64 " for 0x%" PRIx64 " (level %u): %s",
                        walker->walk->who, table[i], address, level, descriptor.wrong);
        }
        if (descriptor.type == DESCRIPTOR_TABLE) {
            walk_table(walker, descriptor.pa, level + 1, address, ENTRIES);
        } else if (descriptor.type == DESCRIPTOR_LEAF) {
            add_leaf(walker, address, step, &descriptor);
        }
    }
}

void walk_run(const struct image_file *image, const struct plan_view *plan,
              struct walk_tables *tables, const struct walk_root *root, struct walk *walk,
              struct report *report)
{
    struct walker walker = {.image = image,
                            .plan = plan,
                            .tables = tables,
                            .root = root,
                            .walk = walk,
                            .report = report};
    unsigned level = root->address_bits > descriptor_shift(1) ? 1 : 2;
    unsigned entries = 1U << (root->address_bits - descriptor_shift(level));
    walk_table(&walker, root->pa, level, 0, entries);
}

void walk_free(struct walk *walk)
{
    free(walk->mappings);
    free(walk->tables);
    *walk = (struct walk){0};
}

void walk_tables_free(struct walk_tables *tables)
{
    free(tables->slots);
    *tables = (struct walk_tables){0};
}

const char *walk_attributes_text(uint32_t attributes, char text[32])
{
    snprintf(text, 32, "%s%s%s%s", (attributes & PLAN_MEMORY_READ) != 0 ? "R" : "-",
             (attributes & PLAN_MEMORY_WRITE) != 0 ? "W" : "-",
             (attributes & PLAN_MEMORY_EXEC) != 0 ? "X" : "-",
             (attributes & PLAN_MEMORY_DEVICE) != 0 ? " device" : "");
    return text;
}
