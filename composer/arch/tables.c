/* SPDX-License-Identifier: Apache-2.0 */
/* Makes translation tables (tables.h). */
#include "tables.h"

#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"

_Static_assert(ADDRESS_SPACE_END >> TABLE_INPUT_BITS == 1, "what can be mapped");

#define LEVEL_FIRST 1U
#define LEVEL_LAST  3U

static uint64_t entry_size(unsigned level)
{
    return PAGE_SIZE << (9 * (LEVEL_LAST - level));
}

struct table *table_new(void)
{
    return memory_new(1, sizeof(struct table));
}

/* Maps what of the range lies below @table, whose first entry translates input address @base. */
static void map_level(struct table *table, unsigned level, uint64_t base, uint64_t from,
                      uint64_t pa, uint64_t size, uint64_t attributes)
{
    uint64_t step = entry_size(level);
    uint64_t end = from + size;

    while (from < end) {
        size_t index = (size_t)((from - base) / step);
        uint64_t next = base + (index + 1) * step;
        uint64_t part = (next < end ? next : end) - from;

        if (part == step && pa % step == 0) {
            if (table->entries[index] != 0 || table->below[index] != NULL) {
                fatal("internal: two things mapped at 0x%llx", (unsigned long long)from);
            }
            table->entries[index] =
                pa | attributes | (level == LEVEL_LAST ? ENTRY_PAGE : ENTRY_BLOCK);
        } else {
            if (level == LEVEL_LAST || table->entries[index] != 0) {
                fatal("internal: cannot map 0x%llx to 0x%llx", (unsigned long long)from,
                      (unsigned long long)pa);
            }
            if (table->below[index] == NULL) {
                table->below[index] = table_new();
            }
            map_level(table->below[index], level + 1, base + index * step, from, pa, part,
                      attributes);
        }
        from += part;
        pa += part;
    }
}

void table_map(struct table *root, uint64_t from, uint64_t pa, uint64_t size, uint64_t attributes)
{
    if (from % PAGE_SIZE != 0 || pa % PAGE_SIZE != 0 || size % PAGE_SIZE != 0 ||
        from + size < from || from + size > 1ULL << TABLE_INPUT_BITS ||
        (pa & ~ENTRY_ADDRESS_MASK) != 0) {
        fatal("internal: cannot map 0x%llx bytes at 0x%llx", (unsigned long long)size,
              (unsigned long long)from);
    }
    map_level(root, LEVEL_FIRST, 0, from, pa, size, attributes);
}

uint64_t table_write(struct table_pool *pool, const struct table *root)
{
    uint64_t page[TABLE_ENTRIES];

    for (size_t i = 0; i < TABLE_ENTRIES; i++) {
        page[i] = root->below[i] != NULL ? table_write(pool, root->below[i]) | ENTRY_TABLE
                                         : root->entries[i];
    }
    pool->pages = memory_extend(pool->pages, pool->count, sizeof(*pool->pages));
    memcpy(pool->pages[pool->count], page, sizeof(page));
    return pool->pa + pool->count++ * PAGE_SIZE;
}

uint64_t table_pages_at_most(uint64_t size)
{
    /* A level 2 table for each GB touched, a level 3 table for each end that cuts a 2 MB block. */
    return size / GIGA_SIZE + 2 + 2;
}
