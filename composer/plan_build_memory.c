/* SPDX-License-Identifier: Apache-2.0 */
/* Lists what a VM reaches, and how its RAM comes back to its first state (plan_build.h). */
#include <stdlib.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "plan_build.h"

static int range_compare(const void *a, const void *b)
{
    const struct range *left = a, *right = b;

    return (left->start > right->start) - (left->start < right->start);
}

/* The VM's device pages by address, those that overlap as one. */
static size_t device_ranges(const struct system *system, const struct vm *vm, struct range **ranges)
{
    size_t found = 0, count = 0;

    *ranges = NULL;
    for (size_t i = 0; i < vm->device_count; i++) {
        const struct board_device *device = &system->board.devices[vm->devices[i]];
        for (size_t j = 0; j < device->reg_count; j++) {
            if (device->regs[j].size != 0)
                *ARRAY_ADD(*ranges, found) = range_to_pages(device->regs[j]);
        }
    }
    if (found == 0)
        return 0;
    qsort(*ranges, found, sizeof(**ranges), range_compare);
    for (size_t i = 0; i < found; i++) {
        struct range *last = count > 0 ? &(*ranges)[count - 1] : NULL;
        struct range next = (*ranges)[i];
        if (last == NULL || !ranges_overlap(*last, next))
            (*ranges)[count++] = next;
        else if (range_end(next) > range_end(*last))
            last->size = range_end(next) - last->start;
    }
    return count;
}

static uint32_t region_of(const struct region_list *regions, struct range range)
{
    for (size_t i = 0; i < regions->count; i++) {
        if (range_contains(range_of(regions->regions[i].pa, regions->regions[i].size), range))
            return (uint32_t)i;
    }
    fatal("internal: 0x%llx is in no region of the board", (unsigned long long)range.start);
}

void plan_list_memory(const struct system *system, const struct layout *layout, const struct region_list *regions,
                      size_t vm, struct vm_tables *tables)
{
    const struct vm_layout *own = &layout->vms[vm];
    struct range *devices;
    size_t device_count = device_ranges(system, &system->vms[vm], &devices);

    tables->memory = NULL;
    tables->memory_count = 0;
    for (size_t i = 0; i < own->ram_count; i++)
        *ARRAY_ADD(tables->memory, tables->memory_count) = own->ram[i];
    for (size_t i = 0; i < device_count; i++) {
        *ARRAY_ADD(tables->memory, tables->memory_count) = (struct plan_memory){
            .ipa = devices[i].start,
            .pa = devices[i].start,
            .size = devices[i].size,
            .flags = PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE,
            .region = region_of(regions, devices[i]),
        };
    }
    *ARRAY_ADD(tables->memory, tables->memory_count) = (struct plan_memory){
        .ipa = own->info_ipa,
        .pa = own->info_pa,
        .size = PAGE_SIZE,
        .flags = PLAN_MEMORY_READ,
        .region = PLAN_NONE,
    };
}

static int segment_compare(const void *a, const void *b)
{
    const struct segment *left = *(const struct segment *const *)a, *right = *(const struct segment *const *)b;

    return (left->pa > right->pa) - (left->pa < right->pa);
}

size_t plan_list_restore(const struct vm_layout *layout, struct plan_restore **steps)
{
    const struct segment **segments = memory_new(layout->segment_count, sizeof(*segments));
    size_t count = 0;

    *steps = NULL;
    for (size_t i = 0; i < layout->segment_count; i++)
        segments[i] = &layout->segments[i];
    qsort(segments, layout->segment_count, sizeof(*segments), segment_compare);

    for (size_t i = 0; i < layout->ram_count; i++) {
        struct range ram = range_of(layout->ram[i].pa, layout->ram[i].size);
        uint64_t next = ram.start; /* all below is in its first state */
        for (size_t j = 0; j < layout->segment_count; j++) {
            const struct segment *segment = segments[j];
            if (segment->file_size == 0 || !range_contains(ram, range_of(segment->pa, segment->file_size)))
                continue;
            if (next < segment->pa)
                *ARRAY_ADD(*steps, count) = (struct plan_restore){next, 0, segment->pa - next};
            *ARRAY_ADD(*steps, count) = (struct plan_restore){segment->pa, segment->copy_pa, segment->file_size};
            next = segment->pa + segment->file_size;
        }
        if (next < range_end(ram))
            *ARRAY_ADD(*steps, count) = (struct plan_restore){next, 0, range_end(ram) - next};
    }
    return count;
}
