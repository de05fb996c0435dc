/* SPDX-License-Identifier: Apache-2.0 */
/* Gives everything its place (layout.h says where what lies). */
#include "layout_make.h"

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "tables.h"

static bool vm_files_load(const struct vm *vm, struct vm_files *files)
{
    bool sound = image_load(vm, &files->image);

    if (vm->initrd != NULL) {
        sound &= initrd_load(vm, &files->initrd);
    }
    files->roms = memory_new(vm->memory_count, sizeof(*files->roms));
    for (size_t i = 0; i < vm->memory_count; i++) {
        sound &= rom_load(&vm->memory[i], &files->roms[i]);
    }
    return sound;
}

static bool files_load(const struct system *system, struct vm_files *files)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        sound &= vm_files_load(&system->vms[i], &files[i]);
    }
    return sound;
}

void layout_look(const struct system *system)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        struct vm_files files = {0};
        if (system->vms[i].loadable) {
            (void)vm_files_load(&system->vms[i], &files);
        }
    }
}

/* At most how many bytes the copies of a VM's segments need. */
static uint64_t copies_room(const struct vm *vm, const struct vm_files *files)
{
    uint64_t room = DTB_ROOM + LINE_SIZE;

    if (vm->reload == 0) {
        room += align_up(files->initrd.size, LINE_SIZE);
    }
    for (size_t i = 0; vm->reload == 0 && i < files->image.part_count; i++) {
        room += align_up(files->image.parts[i].file_size, LINE_SIZE) + LINE_SIZE;
    }
    for (size_t i = 0; i < vm->memory_count; i++) {
        room += align_up(files->roms[i].size, LINE_SIZE);
    }
    return align_up(room, PAGE_SIZE);
}

static uint64_t stores_size(const struct system *system)
{
    uint64_t size = 0;

    for (size_t i = 0; i < system->vm_count; i++) {
        size += system->vms[i].reload;
    }
    return size;
}

/* Copies of 2 MB and more begin where a block can map them; so do the stores. */
static uint64_t copies_align(uint64_t pa, uint64_t room)
{
    return align_up(pa, room >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE);
}

/* At most how many pages all tables need: each VM's stage 2, and each CPU's stage 1 with its
 * window on its VM. */
static uint64_t tables_room(const struct system *system, const struct vm_files *files)
{
    /* Root, level 2 and level 3 tables of what lies at fixed virtual addresses and of the
     * identity map. */
    const uint64_t fixed_pages = 16;
    uint64_t pages = 2 * fixed_pages; /* one for CPU 0 if it is no VM's */

    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        struct range *ranges;
        size_t count = layout_fixed_ranges(system, i, &ranges);
        uint64_t own = 1 + table_pages_at_most(PAGE_SIZE);
        if (system->board.gic_version == 2) {
            own += table_pages_at_most(PAGE_SIZE); /* its CPU interface */
        }
        uint64_t ram = 0;
        for (size_t j = 2; j < count; j++) {
            own += table_pages_at_most(ranges[j].size);
        }
        for (size_t j = 0; j < vm->memory_count; j++) {
            ram += table_pages_at_most(vm->memory[j].size);
        }
        uint64_t window =
            ram + table_pages_at_most(PAGE_SIZE) + table_pages_at_most(copies_room(vm, &files[i]));
        if (vm->reload != 0) {
            window += table_pages_at_most(vm->reload);
        }
        pages +=
            own + ram + layout_pages_tables(system, i) + vm->cpu_count * (fixed_pages + window);
    }
    return pages * PAGE_SIZE;
}

/* Sets the hypervisor's block up at the start of the board's RAM. */
static bool block_location(const struct system *system, const struct vm_files *files,
                           struct free_memory *memory, struct layout *layout)
{
    uint64_t infos = HYPERVISOR_ROOM + tables_room(system, files);
    uint64_t size = infos + system->vm_count * PAGE_SIZE;

    for (size_t i = 0; i < system->vm_count; i++) {
        uint64_t room = copies_room(&system->vms[i], &files[i]);
        size = copies_align(size, room) + room;
    }
    size = copies_align(size, stores_size(system)) + stores_size(system);
    layout->hypervisor_pa = free_memory_find(memory, size, BLOCK_SIZE, 0, NULL, 0);
    if (layout->hypervisor_pa == ADDRESS_UNSET) {
        error((struct source_location){system->file, 0},
              "board '%s' has no %s of RAM in one piece for the hypervisor and its copies of the "
              "images; use smaller "
              "images",
              system->board.name, size_in_words(size).text);
        return false;
    }
    layout->hypervisor_end = layout->hypervisor_pa + size;
    layout->infos_pa = layout->hypervisor_pa + infos;
    free_memory_take(memory, range_of(layout->hypervisor_pa, size));

    uint64_t next = layout->infos_pa + system->vm_count * PAGE_SIZE;
    for (size_t i = 0; i < system->vm_count; i++) {
        uint64_t room = copies_room(&system->vms[i], &files[i]);
        layout->vms[i].copies = range_of(copies_align(next, room), room);
        next = range_end(layout->vms[i].copies);
    }
    next = copies_align(next, stores_size(system));
    layout->stores = range_of(next, stores_size(system));
    for (size_t i = 0; i < system->vm_count; i++) {
        layout->vms[i].store = range_of(next, system->vms[i].reload);
        next += system->vms[i].reload;
    }
    return true;
}

/* Stage 2 has one root page: see tables.h. */
static bool devices_are_reachable(const struct system *system)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        struct range *ranges;
        size_t count = layout_fixed_ranges(system, i, &ranges);
        for (size_t j = 0; j < count; j++) {
            if (range_end(ranges[j]) > ADDRESS_SPACE_END) {
                error(system->vms[i].location,
                      "vm '%s' has a device at 0x%llx, above 0x%llx, where guest addresses end; "
                      "leave it out",
                      system->vms[i].name, (unsigned long long)ranges[j].start, ADDRESS_SPACE_END);
                sound = false;
            }
        }
    }
    return sound;
}

bool layout_make(const struct system *system, struct layout *layout)
{
    struct vm_files *files = memory_new(system->vm_count, sizeof(*files));
    struct free_memory memory = free_memory_of(&system->board);
    bool sound = devices_are_reachable(system);

    *layout = (struct layout){0};
    sound &= files_load(system, files);
    /* Also after a mistake in an image, to report those in the memory with it. */
    sound &= block_location(system, files, &memory, layout) &&
             layout_ram(system, &memory, layout) && layout_channels(system, &memory, layout);
    if (!sound) {
        return false;
    }

    for (size_t i = 0; i < system->vm_count; i++) {
        layout->vms[i].gicd_ipa = system->board.gicd_pa;
        layout->vms[i].gicr_ipa = system->board.gicr.start;
        layout->vms[i].gicc_ipa = system->board.gicc_pa;
        sound &= layout_image(system, i, &files[i], &layout->vms[i]);
    }
    sound &= layout_pages(system, layout);
    return sound;
}
