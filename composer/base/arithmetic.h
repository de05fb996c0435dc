/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small sums on addresses and ranges that the whole of the composer's back end needs.
 */
#ifndef COMPOSER_ARITHMETIC_H
#define COMPOSER_ARITHMETIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "range.h"

#define PAGE_SIZE  ((uint64_t)PLAN_PAGE_SIZE)
#define BLOCK_SIZE 0x200000ULL /* what one entry of a level 2 table maps (4 KB granule) */
#define MEGA_SIZE  0x100000ULL
#define GIGA_SIZE  0x40000000ULL /* what one entry of a level 1 table maps */

/* No address beyond can be mapped: three levels of tables below one root page have 39 bits of
 * input (tables.h). */
#define ADDRESS_SPACE_END (1ULL << 39)

/* Copies of images are made in cache lines (plan_restore). */
#define LINE_SIZE 64ULL

static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
    return value & ~(alignment - 1);
}

/** @value at most 2^64 - @alignment. */
static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return align_down(value + alignment - 1, alignment);
}

/** The first address from @from on that equals @offset modulo @alignment. */
static inline uint64_t align_to(uint64_t from, uint64_t alignment, uint64_t offset)
{
    return from + ((offset - from) & (alignment - 1));
}

static inline struct range range_of(uint64_t start, uint64_t size)
{
    return (struct range){.start = start, .size = size};
}

static inline uint64_t range_end(struct range range)
{
    return range.start + range.size;
}

static inline bool ranges_overlap(struct range a, struct range b)
{
    return a.size != 0 && b.size != 0 && a.start < range_end(b) && b.start < range_end(a);
}

static inline bool range_contains(struct range outer, struct range inner)
{
    return inner.start >= outer.start && inner.size <= outer.size &&
           inner.start - outer.start <= outer.size - inner.size;
}

/** @range widened to whole pages. */
static inline struct range range_to_pages(struct range range)
{
    uint64_t start = align_down(range.start, PAGE_SIZE);
    return range_of(start, align_up(range_end(range), PAGE_SIZE) - start);
}

/** A size as a person says it: "96 MB", "16.1 MB", "64 KB", "17 bytes". Of more than one MB
 * tenths are counted up, since it is what something needs; in room_in_words down, since it is
 * what there is. */
struct size_text {
    char text[32];
};
struct size_text size_in_words(uint64_t size);
struct size_text room_in_words(uint64_t size);

#endif
