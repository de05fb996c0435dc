/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives the VMs their RAM (layout_make.h).
 *
 * Each range is contiguous. Ranges of 2 MB and more have the same offset within 2 MB at both ends
 * of stage 2 so that blocks can map them, those of 1 GB and more within 1 GB if everything finds
 * its place so. The largest come first, equal ones in the order of the system's file: the result
 * depends on nothing else.
 */
#include <stdlib.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "gic_window.h"
#include "layout_make.h"
#include "memory.h"
#include "tables.h"

#define INPUT_END ADDRESS_SPACE_END

/* One range that is to find its place. */
struct request {
    size_t vm;
    size_t index; /* in vm.memory */
    uint64_t size;
    uint64_t at;
    bool fixed; /* ipa = pa = at */
};

size_t layout_fixed_ranges(const struct system *system, size_t vm, struct range **ranges)
{
    const struct vm *asked = &system->vms[vm];
    size_t count = 0;

    *ranges = NULL;
    *ARRAY_ADD(*ranges, count) = gic_window_distributor(&system->board);
    *ARRAY_ADD(*ranges, count) = gic_window_cpus(&system->board, asked->cpu_count);
    for (size_t i = 0; i < asked->device_count; i++) {
        const struct board_device *device = &system->board.devices[asked->devices[i]];
        for (size_t j = 0; j < device->reg_count; j++) {
            if (device->regs[j].size != 0) {
                *ARRAY_ADD(*ranges, count) = range_to_pages(device->regs[j]);
            }
        }
    }
    return count;
}

/* What the device doesn't reach by DMA: its driver must not get memory there. */
static void out_of_reach(const struct board_device *device, struct range **ranges, size_t *count)
{
    uint64_t from = 0;

    while (device->dma && device->window_count > 0 && from < INPUT_END) {
        uint64_t start = INPUT_END; /* of the next window */
        uint64_t end = INPUT_END;

        for (size_t i = 0; i < device->window_count; i++) {
            struct range window = device->windows[i];
            if (range_end(window) <= from) {
                continue;
            }
            if (window.start <= from) {
                start = from;
            } else if (window.start < start) {
                start = window.start;
            }
        }
        for (size_t i = 0; i < device->window_count; i++) {
            struct range window = device->windows[i];
            if (window.start <= start && range_end(window) > start) {
                end = range_end(window);
            }
        }
        if (start > from) {
            *ARRAY_ADD(*ranges, *count) = range_of(from, start - from);
        }
        from = end;
    }
}

/* The VM's ranges of ipa that are known before anything is placed: what a range without `at:`
 * must avoid. */
static size_t known_ranges(const struct system *system, size_t vm, struct range **ranges)
{
    const struct vm *asked = &system->vms[vm];
    size_t count = layout_fixed_ranges(system, vm, ranges);

    for (size_t i = 0; i < asked->memory_count; i++) {
        if (asked->memory[i].at != ADDRESS_UNSET) {
            *ARRAY_ADD(*ranges, count) = range_of(asked->memory[i].at, asked->memory[i].size);
        }
    }
    for (size_t i = 0; asked->dma_trusted && i < asked->device_count; i++) {
        out_of_reach(&system->board.devices[asked->devices[i]], ranges, &count);
    }
    return count;
}

static bool memory_is_sound(const struct vm *vm, const struct vm_memory *memory)
{
    if (memory->size == 0 || memory->size % PAGE_SIZE != 0) {
        error(memory->location,
              "memory of vm '%s': %s is not a multiple of 4 KB; write a size that is", vm->name,
              size_in_words(memory->size).text);
        return false;
    }
    if (memory->at == ADDRESS_UNSET) {
        return true;
    }
    if (memory->at % PAGE_SIZE != 0) {
        error(memory->location,
              "memory of vm '%s': at 0x%llx is not the start of a page; write a multiple of 0x1000",
              vm->name, (unsigned long long)memory->at);
        return false;
    }
    if (memory->at >= INPUT_END || memory->size > INPUT_END - memory->at) {
        error(
            memory->location,
            "memory of vm '%s' ends above 0x%llx, where guest addresses end; choose a lower 'at:'",
            vm->name, INPUT_END);
        return false;
    }
    return true;
}

static bool memory_is_apart(const struct system *system, size_t index)
{
    const struct vm *vm = &system->vms[index];
    struct range *ranges;
    size_t count = layout_fixed_ranges(system, index, &ranges);
    bool sound = true;

    for (size_t i = 0; i < vm->memory_count; i++) {
        const struct vm_memory *memory = &vm->memory[i];
        struct range range = range_of(memory->at, memory->size);
        if (memory->at == ADDRESS_UNSET) {
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (ranges_overlap(range, ranges[j])) {
                error(memory->location,
                      "memory of vm '%s' at 0x%llx covers 0x%llx, where it sees %s; choose another "
                      "'at:'",
                      vm->name, (unsigned long long)memory->at, (unsigned long long)ranges[j].start,
                      j < 2 ? "the interrupt controller" : "a device of its own");
                sound = false;
            }
        }
        for (size_t j = 0; j < i; j++) {
            if (vm->memory[j].at != ADDRESS_UNSET &&
                ranges_overlap(range, range_of(vm->memory[j].at, vm->memory[j].size))) {
                error(memory->location,
                      "memory of vm '%s' at 0x%llx overlaps its memory at 0x%llx; choose another "
                      "'at:'",
                      vm->name, (unsigned long long)memory->at,
                      (unsigned long long)vm->memory[j].at);
                sound = false;
            }
        }
    }
    return sound;
}

static bool requests_are_sound(const struct system *system)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        bool sizes_sound = true;
        for (size_t j = 0; j < system->vms[i].memory_count; j++) {
            sizes_sound &= memory_is_sound(&system->vms[i], &system->vms[i].memory[j]);
        }
        sound &= sizes_sound && memory_is_apart(system, i);
    }
    return sound;
}

/* Ranges that have no choice first, then by size, then as the system's file has them. */
static int request_compare(const void *a, const void *b)
{
    const struct request *left = a, *right = b;

    if (left->fixed != right->fixed) {
        return left->fixed ? -1 : 1;
    }
    if (left->size != right->size) {
        return left->size > right->size ? -1 : 1;
    }
    if (left->vm != right->vm) {
        return left->vm < right->vm ? -1 : 1;
    }
    return (left->index > right->index) - (left->index < right->index);
}

static size_t requests_collect(const struct system *system, struct request **requests)
{
    size_t count = 0;

    *requests = NULL;
    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        for (size_t j = 0; j < vm->memory_count; j++) {
            *ARRAY_ADD(*requests, count) = (struct request){
                .vm = i,
                .index = j,
                .size = vm->memory[j].size,
                .at = vm->memory[j].at,
                .fixed = vm->dma_trusted && vm->memory[j].at != ADDRESS_UNSET,
            };
        }
    }
    if (count != 0) {
        qsort(*requests, count, sizeof(**requests), request_compare);
    }
    return count;
}

/* @alignment: of the largest ranges; others are aligned as far as their size makes use of it. */
static uint64_t request_find(const struct system *system, const struct free_memory *memory,
                             const struct request *request, uint64_t alignment)
{
    uint64_t offset = request->at != ADDRESS_UNSET ? request->at : 0;
    struct range *avoid = NULL;
    size_t avoid_count = 0;

    if (request->fixed) {
        return free_memory_has(memory, range_of(request->at, request->size)) ? request->at
                                                                             : ADDRESS_UNSET;
    }
    if (request->at == ADDRESS_UNSET) {
        avoid_count = known_ranges(system, request->vm, &avoid);
    }
    if (request->size < BLOCK_SIZE) {
        alignment = PAGE_SIZE;
    } else if (request->size < GIGA_SIZE) {
        alignment = BLOCK_SIZE;
    }
    return free_memory_find(memory, request->size, alignment, offset, avoid, avoid_count);
}

static void request_refuse(const struct system *system, const struct free_memory *memory,
                           const struct request *request)
{
    const struct vm *vm = &system->vms[request->vm];
    uint64_t largest = 0;

    for (size_t i = 0; i < memory->count; i++) {
        if (memory->ranges[i].size > largest) {
            largest = memory->ranges[i].size;
        }
    }
    if (request->fixed) {
        error(vm->memory[request->index].location,
              "memory of vm '%s' must lie at physical 0x%llx since 'dma: trusted' needs equal "
              "addresses, and that is "
              "not free RAM; leave 'at:' out",
              vm->name, (unsigned long long)request->at);
    } else {
        error(vm->memory[request->index].location,
              "no contiguous %s of RAM left for vm '%s' (the largest free piece has %s); ask for "
              "less, or for "
              "several ranges",
              size_in_words(request->size).text, vm->name, room_in_words(largest).text);
    }
}

/* One message with all the numbers where the sum alone cannot work. */
static bool sum_fits(const struct system *system, const struct free_memory *memory)
{
    const struct vm *largest = &system->vms[0];
    uint64_t asked = 0, available = 0, ram = 0;
    const char *list = "";

    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        uint64_t size = vm_memory_size(vm);
        asked += size;
        list = text_join(list, ", ", text_format("%s %s", vm->name, size_in_words(size).text));
        if (size > vm_memory_size(largest)) {
            largest = vm;
        }
    }
    for (size_t i = 0; i < memory->count; i++) {
        available += memory->ranges[i].size;
    }
    for (size_t i = 0; i < system->board.ram_count; i++) {
        ram += system->board.ram[i].size;
    }
    if (asked <= available) {
        return true;
    }
    error(largest->memory[0].location,
          "the VMs ask for %s of memory (%s), board '%s' has %s, of which the hypervisor and its "
          "copies of the "
          "images leave %s; ask for less",
          size_in_words(asked).text, list, system->board.name, room_in_words(ram).text,
          room_in_words(available).text);
    return false;
}

static uint32_t ram_flags(const struct vm_memory *memory)
{
    return PLAN_MEMORY_READ | PLAN_MEMORY_EXEC | (memory->read_only ? 0 : PLAN_MEMORY_WRITE) |
           (memory->rom ? PLAN_MEMORY_ROM : 0);
}

/* Places what it can of the requests; returns the first that found no place, or NULL. */
static const struct request *requests_location(const struct system *system,
                                               const struct request *requests, size_t count,
                                               uint64_t alignment, struct free_memory *memory,
                                               struct layout *layout)
{
    for (size_t i = 0; i < count; i++) {
        const struct request *request = &requests[i];
        uint64_t pa = request_find(system, memory, request, alignment);
        if (pa == ADDRESS_UNSET) {
            return request;
        }
        free_memory_take(memory, range_of(pa, request->size));
        layout->vms[request->vm].ram[request->index] = (struct plan_memory){
            .ipa = request->at != ADDRESS_UNSET ? request->at : pa,
            .pa = pa,
            .size = request->size,
            .flags = ram_flags(&system->vms[request->vm].memory[request->index]),
            .region = PLAN_NONE,
        };
    }
    return NULL;
}

bool layout_ram(const struct system *system, struct free_memory *memory, struct layout *layout)
{
    struct request *requests;
    size_t count = requests_collect(system, &requests);

    if (!requests_are_sound(system) || !sum_fits(system, memory)) {
        return false;
    }
    for (size_t i = 0; i < system->vm_count; i++) {
        layout->vms[i].ram_count = system->vms[i].memory_count;
        layout->vms[i].ram = memory_new(system->vms[i].memory_count, sizeof(*layout->vms[i].ram));
    }

    /* Blocks of 1 GB cost memory between them: where that is too much, blocks of 2 MB must do. */
    struct free_memory left = *memory;
    const struct request *refused =
        requests_location(system, requests, count, GIGA_SIZE, &left, layout);
    if (refused != NULL) {
        left = *memory;
        refused = requests_location(system, requests, count, BLOCK_SIZE, &left, layout);
    }
    if (refused != NULL) {
        request_refuse(system, &left, refused);
    }
    *memory = left;
    return refused == NULL;
}
