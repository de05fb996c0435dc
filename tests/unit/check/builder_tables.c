/* SPDX-License-Identifier: Apache-2.0 */
/* Translation tables for the images of tests. Blocks of 2 MB where they fit, pages elsewhere. */
#include "builder_tables.h"

#include <stdlib.h>

#define BLOCK 0x200000U
#define PAGE  0x1000U

static uint64_t new_table(struct builder *builder)
{
    uint64_t pa = builder->next_table;
    builder->next_table += PAGE;
    if (builder->next_table > TABLES_PA + TABLES_SIZE) {
        abort();
    }
    return pa;
}

/* The entry for @address in the table of @level below @root; makes tables on the way there. */
static uint64_t *entry_at(struct builder *builder, uint64_t root, uint64_t address, unsigned level)
{
    uint64_t table = root;
    for (unsigned at = 1;; at++) {
        uint64_t *entry = (uint64_t *)builder_at(builder, table) + (address >> (39 - 9 * at) & 511);
        if (at == level) {
            return entry;
        }
        if (*entry == 0) {
            *entry = new_table(builder) | 3;
        }
        table = *entry & 0xfffffffff000;
    }
}

uint64_t *builder_descriptor(struct builder *builder, uint64_t root, uint64_t address)
{
    uint64_t *entry = entry_at(builder, root, address, 2);
    return (*entry & 3) == 3 ? entry_at(builder, root, address, 3) : entry;
}

static uint64_t stage2_attributes(uint32_t attributes)
{
    uint64_t value = (uint64_t)1 << 10;
    value |= (attributes & PLAN_MEMORY_DEVICE) != 0 ? 1 << 2 : 15 << 2 | 3 << 8;
    value |= (attributes & PLAN_MEMORY_READ) != 0 ? 1 << 6 : 0;
    value |= (attributes & PLAN_MEMORY_WRITE) != 0 ? 1 << 7 : 0;
    value |= (attributes & PLAN_MEMORY_EXEC) == 0 ? (uint64_t)1 << 54 : 0;
    return value;
}

static uint64_t el2_attributes(uint32_t attributes)
{
    uint64_t value = 1 << 10 | 1 << 6;
    value |= (attributes & PLAN_MEMORY_DEVICE) != 0 ? 0 : 1 << 2 | 3 << 8;
    value |= (attributes & PLAN_MEMORY_WRITE) == 0 ? 1 << 7 : 0;
    value |= (attributes & PLAN_MEMORY_EXEC) == 0 ? (uint64_t)1 << 54 : 0;
    return value;
}

static void map(struct builder *builder, uint64_t root, const struct builder_mapping *mapping,
                uint64_t attributes)
{
    uint64_t done = 0;
    while (done < mapping->size) {
        uint64_t address = mapping->address + done;
        uint64_t pa = mapping->pa + done;
        if (address % BLOCK == 0 && pa % BLOCK == 0 && mapping->size - done >= BLOCK) {
            *entry_at(builder, root, address, 2) = pa | attributes | 1;
            done += BLOCK;
        } else {
            *entry_at(builder, root, address, 3) = pa | attributes | 3;
            done += PAGE;
        }
    }
}

uint64_t builder_tables_stage2(struct builder *builder, unsigned vm)
{
    uint64_t root = new_table(builder);
    for (size_t i = 0; i < builder->stage2_count[vm]; i++) {
        map(builder, root, &builder->stage2[vm][i],
            stage2_attributes(builder->stage2[vm][i].attributes));
    }
    return root;
}

uint64_t builder_tables_el2(struct builder *builder, unsigned cpu)
{
    uint64_t root = new_table(builder);
    for (size_t i = 0; i < builder->el2_count[cpu]; i++) {
        map(builder, root, &builder->el2[cpu][i], el2_attributes(builder->el2[cpu][i].attributes));
    }
    return root;
}
