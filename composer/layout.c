/* SPDX-License-Identifier: Apache-2.0 */
/* Gives everything its place (layout.h says where what lies). */
#include "layout.h"

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "tables.h"

static bool files_load(const struct system *system, struct vm_files *files)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        sound &= image_load(vm, &files[i].image);
        if (vm->initrd != NULL)
            sound &= initrd_load(vm, &files[i].initrd);
    }
    return sound;
}

/* At most how many bytes the copies of a VM's segments need. */
static uint64_t copies_room(const struct vm_files *files)
{
    uint64_t room = align_up(files->initrd.size, LINE_SIZE) + DTB_ROOM + LINE_SIZE;

    for (size_t i = 0; i < files->image.part_count; i++)
        room += align_up(files->image.parts[i].file_size, LINE_SIZE) + LINE_SIZE;
    return align_up(room, PAGE_SIZE);
}

/* Copies of 2 MB and more begin where a block can map them. */
static uint64_t copies_align(uint64_t pa, uint64_t room)
{
    return align_up(pa, room >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE);
}

/* At most how many pages all tables need: each VM's stage 2, and each CPU's stage 1 with its window on its VM. */
static uint64_t tables_room(const struct system *system, const struct vm_files *files)
{
    /* Root, level 2 and level 3 tables of what lies at fixed virtual addresses and of the identity map. */
    const uint64_t fixed_pages = 16;
    uint64_t pages = 2 * fixed_pages; /* one for CPU 0 if it is no VM's */

    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        struct range *ranges;
        size_t count = layout_fixed_ranges(system, i, &ranges);
        uint64_t own = 1 + table_pages_at_most(PAGE_SIZE);
        uint64_t ram = 0;
        for (size_t j = 2; j < count; j++)
            own += table_pages_at_most(ranges[j].size);
        for (size_t j = 0; j < vm->memory_count; j++)
            ram += table_pages_at_most(vm->memory[j].size);
        uint64_t window = ram + table_pages_at_most(PAGE_SIZE) + table_pages_at_most(copies_room(&files[i]));
        pages += own + ram + vm->cpu_count * (fixed_pages + window);
    }
    return pages * PAGE_SIZE;
}

/* Sets the hypervisor's block up at the start of the board's RAM. */
static bool block_place(const struct system *system, const struct vm_files *files, struct free_memory *memory,
                        struct layout *layout)
{
    uint64_t infos = HYPERVISOR_ROOM + tables_room(system, files);
    uint64_t size = infos + system->vm_count * PAGE_SIZE;

    for (size_t i = 0; i < system->vm_count; i++)
        size = copies_align(size, copies_room(&files[i])) + copies_room(&files[i]);
    layout->hypervisor_pa = free_memory_find(memory, size, BLOCK_SIZE, 0, NULL, 0);
    if (layout->hypervisor_pa == ADDRESS_UNSET) {
        mistake((struct place){system->file, 0},
                "board '%s' has no %s of RAM in one piece for the hypervisor and its copies of the images; use smaller "
                "images",
                system->board.name, size_in_words(size).text);
        return false;
    }
    layout->hypervisor_end = layout->hypervisor_pa + size;
    layout->infos_pa = layout->hypervisor_pa + infos;
    free_memory_take(memory, range_of(layout->hypervisor_pa, size));

    uint64_t next = layout->infos_pa + system->vm_count * PAGE_SIZE;
    for (size_t i = 0; i < system->vm_count; i++) {
        uint64_t room = copies_room(&files[i]);
        layout->vms[i].copies = range_of(copies_align(next, room), room);
        next = range_end(layout->vms[i].copies);
    }
    return true;
}

/* The info page's ipa is its pa, unless the VM has something else there: then the next free page. */
static void info_place(const struct system *system, struct layout *layout, size_t vm)
{
    struct vm_layout *own = &layout->vms[vm];
    struct range *taken;
    size_t count = layout_fixed_ranges(system, vm, &taken);
    bool moved;

    for (size_t i = 0; i < own->ram_count; i++)
        *ARRAY_ADD(taken, count) = range_of(own->ram[i].ipa, own->ram[i].size);
    own->info_pa = layout->infos_pa + vm * PAGE_SIZE;
    own->info_ipa = own->info_pa;
    do {
        moved = false;
        for (size_t i = 0; i < count; i++) {
            if (ranges_overlap(range_of(own->info_ipa, PAGE_SIZE), taken[i])) {
                own->info_ipa = align_up(range_end(taken[i]), PAGE_SIZE);
                moved = true;
            }
        }
    } while (moved);
}

/* Stage 2 has one root page: see tables.h. */
static bool devices_are_reachable(const struct system *system)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        struct range *ranges;
        size_t count = layout_fixed_ranges(system, i, &ranges);
        for (size_t j = 0; j < count; j++) {
            if (range_end(ranges[j]) > 1ULL << TABLE_INPUT_BITS) {
                mistake(system->vms[i].place,
                        "vm '%s' has a device at 0x%llx, above 0x%llx, where guest addresses end; "
                        "leave it out",
                        system->vms[i].name, (unsigned long long)ranges[j].start, 1ULL << TABLE_INPUT_BITS);
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
    sound &= block_place(system, files, &memory, layout) && layout_ram(system, &memory, layout);
    if (!sound)
        return false;

    for (size_t i = 0; i < system->vm_count; i++) {
        layout->vms[i].gicd_ipa = system->board.gicd_pa;
        layout->vms[i].gicr_ipa = system->board.gicr.start;
        info_place(system, layout, i);
        sound &= layout_image(system, i, &files[i], &layout->vms[i]);
    }
    return sound;
}
