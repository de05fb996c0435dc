/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of address ranges. */
#include "spans.h"

#include <stdio.h>
#include <stdlib.h>

void *memory_or_exit(void *old, size_t count, size_t size)
{
    void *memory = reallocarray(old, count != 0 ? count : 1, size);
    if (memory == NULL) {
        fputs("nagaya: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

void spans_add(struct spans *spans, uint64_t start, uint64_t size, uint32_t owner, const char *what)
{
    if (size == 0) {
        return;
    }
    if (spans->count == spans->room) {
        spans->room = spans->room != 0 ? 2 * spans->room : 16;
        spans->items = memory_or_exit(spans->items, spans->room, sizeof(spans->items[0]));
    }
    spans->items[spans->count++] =
        (struct span){.start = start, .size = size, .owner = owner, .what = what};
}

void spans_free(struct spans *spans)
{
    free(spans->items);
    *spans = (struct spans){0};
}

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left;
    const struct span *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    if (a->size != b->size) {
        return a->size < b->size ? -1 : 1;
    }
    return (a->owner > b->owner) - (a->owner < b->owner);
}

void spans_sort(struct spans *spans)
{
    if (spans->count > 1) {
        qsort(spans->items, spans->count, sizeof(spans->items[0]), compare_spans);
    }
}

void spans_join(struct spans *spans)
{
    spans_sort(spans);
    size_t kept = 0;
    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->items[i];
        struct span *last = kept != 0 ? &spans->items[kept - 1] : NULL;
        if (last != NULL && span->start <= last->start + last->size) {
            uint64_t end = span->start + span->size;
            uint64_t last_end = last->start + last->size;
            last->size = (end > last_end ? end : last_end) - last->start;
        } else {
            spans->items[kept++] = *span;
        }
    }
    spans->count = kept;
}

void spans_overlaps(const struct spans *spans,
                    void (*report)(void *, const struct span *, const struct span *), void *context)
{
    const struct span *furthest = NULL;
    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->items[i];
        if (furthest != NULL && span->start < furthest->start + furthest->size) {
            report(context, furthest, span);
        }
        if (furthest == NULL || span->start + span->size > furthest->start + furthest->size) {
            furthest = span;
        }
    }
}

const struct span *spans_overlapping(const struct spans *spans, uint64_t start, uint64_t size)
{
    size_t low = 0;
    size_t high = spans->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans->items[middle].start + spans->items[middle].size <= start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < spans->count && spans->items[low].start < start + size ? &spans->items[low] : NULL;
}

bool spans_cover(const struct spans *spans, uint64_t start, uint64_t size, uint64_t *where)
{
    const struct span *span = spans_overlapping(spans, start, size);
    if (span == NULL || span->start > start) {
        *where = start;
        return false;
    }
    /* Joined ranges leave gaps between them, so the range is in one or in none. */
    if (span->start + span->size < start + size) {
        *where = span->start + span->size;
        return false;
    }
    return true;
}
