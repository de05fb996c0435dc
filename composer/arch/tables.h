/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation tables of AArch64 with a 4 KB granule, three levels from level 1 on, one root page:
 * 39 bits of input at most (Arm DDI 0487, D8.2 and D8.3). Both stages have the same shape and
 * differ in the attributes of what they map.
 *
 * Tables are first a tree in memory, then written out into a pool of pages that will lie together
 * at one physical address. A table without any entry is never written but for a root.
 */
#ifndef COMPOSER_TABLES_H
#define COMPOSER_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define TABLE_ENTRIES    512U
#define TABLE_INPUT_BITS 39U

/* Descriptor types, bits 1:0. */
#define ENTRY_VALID        1ULL
#define ENTRY_TABLE        3ULL /* at levels 1 and 2 */
#define ENTRY_BLOCK        1ULL /* at levels 1 and 2 */
#define ENTRY_PAGE         3ULL /* at level 3 */
#define ENTRY_ADDRESS_MASK 0x0000fffffffff000ULL

/** One table on its way. */
struct table {
    uint64_t entries[TABLE_ENTRIES];
    struct table *below[TABLE_ENTRIES]; /* where the entry is a table */
};

/** A run of pages that will lie at @pa. */
struct table_pool {
    uint64_t pa;
    uint64_t (*pages)[TABLE_ENTRIES];
    size_t count;
};

/** An empty root. */
struct table *table_new(void);

/**
 * Maps @size bytes at input address @from to @pa with @attributes (the descriptor without type and
 * address), in the largest blocks that fit. All are multiples of a page; nothing is mapped there
 * yet.
 */
void table_map(struct table *root, uint64_t from, uint64_t pa, uint64_t size, uint64_t attributes);

/** Writes a tree out and returns the pa of its root. No page is part of two trees: each has its
 * one owner. */
uint64_t table_write(struct table_pool *pool, const struct table *root);

/** At most how many pages the tables of a mapping of @size bytes need besides the root, where
 * input and output addresses are the same modulo 2 MB. */
uint64_t table_pages_at_most(uint64_t size);

#endif
