/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of address ranges: sorted lists, so that checking costs by the number of ranges and not
 * by that of pages. */
#ifndef COMPOSER_SPANS_H
#define COMPOSER_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For messages: "0x1000-0x1fff". */
#define SPAN_FORMAT              "0x%" PRIx64 "-0x%" PRIx64
#define SPAN_ARGUMENTS(at, size) (at), (at) + (size)-1

/** A range; start + size never overflows. */
struct span {
    uint64_t start;
    uint64_t size;
    uint32_t owner;   /* the user's: an index, or whatever tells ranges apart */
    const char *what; /* for messages; may be NULL */
};

struct spans {
    struct span *items;
    size_t count;
    size_t room;
};

/** calloc and realloc that end the program with status 2 when there is no memory. */
void *memory_or_exit(void *old, size_t count, size_t size);

void spans_add(struct spans *spans, uint64_t start, uint64_t size, uint32_t owner,
               const char *what);
void spans_free(struct spans *spans);

/** Sorts by start. */
void spans_sort(struct spans *spans);

/** Sorts, and joins ranges that touch or overlap; owner and what are the first one's. */
void spans_join(struct spans *spans);

/** Calls @report for ranges of the sorted @spans that overlap, each with one that it overlaps. */
void spans_overlaps(const struct spans *spans,
                    void (*report)(void *, const struct span *, const struct span *),
                    void *context);

/** The first range of the sorted and joined @spans that overlaps [@start, @start + @size), or
 * NULL. */
const struct span *spans_overlapping(const struct spans *spans, uint64_t start, uint64_t size);

/** Whether the joined @spans cover the range; if not, *@where is the first address that they
 * don't. */
bool spans_cover(const struct spans *spans, uint64_t start, uint64_t size, uint64_t *where);

static inline bool ranges_overlap(uint64_t start, uint64_t size, uint64_t other,
                                  uint64_t other_size)
{
    return start < other + other_size && other < start + size;
}

static inline bool range_contains(uint64_t start, uint64_t size, uint64_t inner,
                                  uint64_t inner_size)
{
    return inner >= start && inner - start <= size && inner_size <= size - (inner - start);
}

#endif
