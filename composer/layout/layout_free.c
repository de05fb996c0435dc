/* SPDX-License-Identifier: Apache-2.0 */
/* Physical memory that nobody has yet (layout_make.h). */
#include "arithmetic.h"
#include "diagnostics.h"
#include "el2_map.h"
#include "layout_make.h"
#include "memory.h"

struct free_memory free_memory_of(const struct board *board)
{
    struct free_memory memory = {0};

    for (size_t i = 0; i < board->ram_count; i++) {
        uint64_t start = align_up(board->ram[i].start, PAGE_SIZE);
        uint64_t end = align_down(range_end(board->ram[i]), PAGE_SIZE);
        /* The hypervisor sees memory through a window of limited size (el2_map.h). */
        if (end > EL2_WINDOW_SIZE) {
            end = EL2_WINDOW_SIZE;
        }
        if (start < end) {
            *ARRAY_ADD(memory.ranges, memory.count) = range_of(start, end - start);
        }
    }
    return memory;
}

bool free_memory_has(const struct free_memory *memory, struct range range)
{
    for (size_t i = 0; i < memory->count; i++) {
        if (range_contains(memory->ranges[i], range)) {
            return true;
        }
    }
    return false;
}

void free_memory_take(struct free_memory *memory, struct range range)
{
    struct free_memory left = {0};

    if (!free_memory_has(memory, range)) {
        fatal("internal: memory at 0x%llx is not free", (unsigned long long)range.start);
    }
    for (size_t i = 0; i < memory->count; i++) {
        struct range whole = memory->ranges[i];
        if (!range_contains(whole, range)) {
            *ARRAY_ADD(left.ranges, left.count) = whole;
            continue;
        }
        if (range.start > whole.start) {
            *ARRAY_ADD(left.ranges, left.count) = range_of(whole.start, range.start - whole.start);
        }
        if (range_end(range) < range_end(whole)) {
            *ARRAY_ADD(left.ranges, left.count) =
                range_of(range_end(range), range_end(whole) - range_end(range));
        }
    }
    *memory = left;
}

uint64_t free_memory_find(const struct free_memory *memory, uint64_t size, uint64_t alignment,
                          uint64_t offset, const struct range *avoid, size_t avoid_count)
{
    for (size_t i = 0; i < memory->count; i++) {
        struct range whole = memory->ranges[i];
        uint64_t start = align_to(whole.start, alignment, offset);
        for (size_t j = 0; range_contains(whole, range_of(start, size)) && j < avoid_count;) {
            if (ranges_overlap(range_of(start, size), avoid[j])) {
                start = align_to(range_end(avoid[j]), alignment, offset);
                j = 0;
            } else {
                j++;
            }
        }
        if (range_contains(whole, range_of(start, size))) {
            return start;
        }
    }
    return ADDRESS_UNSET;
}
