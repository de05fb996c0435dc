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
            if (device->regs[j].size != 0) {
                *ARRAY_ADD(*ranges, found) = range_to_pages(device->regs[j]);
            }
        }
    }
    if (found == 0) {
        return 0;
    }
    qsort(*ranges, found, sizeof(**ranges), range_compare);
    for (size_t i = 0; i < found; i++) {
        struct range *last = count > 0 ? &(*ranges)[count - 1] : NULL;
        struct range next = (*ranges)[i];
        if (last == NULL || !ranges_overlap(*last, next)) {
            (*ranges)[count++] = next;
        } else if (range_end(next) > range_end(*last)) {
            last->size = range_end(next) - last->start;
        }
    }
    return count;
}

static uint32_t region_of(const struct region_list *regions, struct range range)
{
    for (size_t i = 0; i < regions->count; i++) {
        if (range_contains(range_of(regions->regions[i].pa, regions->regions[i].size), range)) {
            return (uint32_t)i;
        }
    }
    fatal("internal: 0x%llx is in no region of the board", (unsigned long long)range.start);
}

static void list_device(const struct plan_input *input, uint64_t ipa, struct range range,
                        struct vm_tables *tables)
{
    *ARRAY_ADD(tables->memory, tables->memory_count) = (struct plan_memory){
        .ipa = ipa,
        .pa = range.start,
        .size = range.size,
        .flags = PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE,
        .region = region_of(&input->regions, range),
    };
}

/* A VM acknowledges and ends its interrupts itself, at a GICv2 by memory: at its CPU's
 * interface, or at the virtual one. */
static void list_interface(const struct plan_input *input, size_t vm, struct vm_tables *tables)
{
    const struct board *board = &input->system->board;
    bool virtual = input->system->vms[vm].delivery == PLAN_DELIVERY_VIRTUAL;

    if (board->gic_version == 2) {
        list_device(input, input->layout->vms[vm].gicc_ipa,
                    range_of(virtual ? board->gicv_pa : board->gicc_pa, PAGE_SIZE), tables);
    }
}

void plan_list_memory(const struct plan_input *input, size_t vm, struct vm_tables *tables)
{
    const struct vm_layout *own = &input->layout->vms[vm];
    struct range *devices;
    size_t device_count = device_ranges(input->system, &input->system->vms[vm], &devices);

    tables->memory = NULL;
    tables->memory_count = 0;
    for (size_t i = 0; i < own->ram_count; i++) {
        *ARRAY_ADD(tables->memory, tables->memory_count) = own->ram[i];
    }
    for (size_t i = 0; i < device_count; i++) {
        list_device(input, devices[i].start, devices[i], tables);
    }
    list_interface(input, vm, tables);
    plan_list_page(tables, own->info_ipa, range_of(own->info_pa, PAGE_SIZE), PLAN_MEMORY_READ);
    plan_list_shared(input, (uint32_t)vm, tables);
}

void plan_list_page(struct vm_tables *tables, uint64_t ipa, struct range range, uint32_t flags)
{
    *ARRAY_ADD(tables->memory, tables->memory_count) = (struct plan_memory){
        .ipa = ipa,
        .pa = range.start,
        .size = range.size,
        .flags = flags,
        .region = PLAN_NONE,
    };
}

/* What a restart copies: each segment from its copy, and all that another image may fill from
 * the store. */
static size_t sources_list(const struct vm_layout *layout, struct plan_restore **sources)
{
    size_t count = 0;

    *sources = NULL;
    if (layout->store.size != 0) {
        *ARRAY_ADD(*sources, count) =
            (struct plan_restore){layout->store_target_pa, layout->store.start, layout->store.size};
    }
    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        if (segment->file_size != 0 && !segment_is_stored(layout, segment)) {
            *ARRAY_ADD(*sources, count) =
                (struct plan_restore){segment->pa, segment->copy_pa, segment->file_size};
        }
    }
    return count;
}

static int source_compare(const void *a, const void *b)
{
    const struct plan_restore *left = a, *right = b;

    return (left->target_pa > right->target_pa) - (left->target_pa < right->target_pa);
}

size_t plan_list_restore(const struct vm_layout *layout, struct plan_restore **steps)
{
    struct plan_restore *sources;
    size_t source_count = sources_list(layout, &sources);
    size_t count = 0;

    *steps = NULL;
    if (source_count != 0) {
        qsort(sources, source_count, sizeof(*sources), source_compare);
    }
    for (size_t i = 0; i < layout->ram_count; i++) {
        struct range ram = range_of(layout->ram[i].pa, layout->ram[i].size);
        uint64_t next = ram.start; /* all below is in its first state */
        for (size_t j = 0; j < source_count; j++) {
            if (!range_contains(ram, range_of(sources[j].target_pa, sources[j].size))) {
                continue;
            }
            if (next < sources[j].target_pa) {
                *ARRAY_ADD(*steps, count) =
                    (struct plan_restore){next, 0, sources[j].target_pa - next};
            }
            *ARRAY_ADD(*steps, count) = sources[j];
            next = sources[j].target_pa + sources[j].size;
        }
        if (next < range_end(ram)) {
            *ARRAY_ADD(*steps, count) = (struct plan_restore){next, 0, range_end(ram) - next};
        }
    }
    return count;
}
