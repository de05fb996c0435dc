/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places a VM's image, initrd, device tree and ROMs in its memory (layout_make.h).
 *
 *     Linux       a 2 MB boundary + text offset: kernel with bss | initrd | device tree, each page
 * aligned others      where the image says; the device tree at the end of RAM, above the image:
 * what follows a raw image may be its bss, and below one its stack may grow; where there is no
 * room, at the start of RAM ROMs        each at the start of its region
 */
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "layout_make.h"
#include "memory.h"

#define ANYWHERE_ALIGNMENT 0x10000ULL

/* What is being placed, to keep parameter lists short. */
struct placing {
    const struct vm *vm;
    struct vm_layout *layout;
    const char *path; /* of the image */
};

static struct range ram_range(const struct plan_memory *ram)
{
    return range_of(ram->ipa, ram->size);
}

/* The RAM range that holds all of @range, or NULL. */
static const struct plan_memory *ram_holding(const struct vm_layout *layout, struct range range)
{
    for (size_t i = 0; i < layout->ram_count; i++) {
        if (range_contains(ram_range(&layout->ram[i]), range)) {
            return &layout->ram[i];
        }
    }
    return NULL;
}

/* The first range that is announced as RAM: there is one (vm_read_memory.c). */
static const struct plan_memory *ram_first(const struct vm_layout *layout)
{
    const struct plan_memory *ram = layout->ram;

    while ((ram->flags & PLAN_MEMORY_ROM) != 0) {
        ram++;
    }
    return ram;
}

/* Adds a run of bytes, widened to cache lines; all of it lies in @ram. */
static void segment_add(struct vm_layout *layout, const struct plan_memory *ram, const char *what,
                        const struct image_part *part)
{
    uint64_t start = align_down(part->address, LINE_SIZE);
    uint64_t padding = part->address - start;
    uint64_t file_size = part->file_size == 0 ? 0 : align_up(padding + part->file_size, LINE_SIZE);
    const uint8_t *bytes = part->bytes;

    if (file_size != part->file_size) {
        uint8_t *padded = memory_new((size_t)file_size, 1);
        memcpy(padded + padding, bytes, (size_t)part->file_size);
        bytes = padded;
    }
    *ARRAY_ADD(layout->segments, layout->segment_count) = (struct segment){
        .ipa = start,
        .pa = start - ram->ipa + ram->pa,
        .bytes = bytes,
        .file_size = file_size,
        .memory_size = align_up(padding + part->memory_size, LINE_SIZE),
        .exec = strcmp(what, "image") == 0 || strcmp(what, "kernel") == 0,
        .what = what,
    };
}

/* The segment that overlaps @range, or NULL. */
static const struct segment *segment_at(const struct vm_layout *layout, struct range range)
{
    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        if (ranges_overlap(range, range_of(segment->ipa, segment->memory_size))) {
            return segment;
        }
    }
    return NULL;
}

/* The first free place for @size bytes in @ram from @from on, page aligned; ADDRESS_UNSET if
 * none. */
static uint64_t gap_find(const struct vm_layout *layout, const struct plan_memory *ram,
                         uint64_t from, uint64_t size)
{
    uint64_t start = align_up(from > ram->ipa ? from : ram->ipa, PAGE_SIZE);

    if (start == 0) {
        start = PAGE_SIZE; /* see dtb_find */
    }
    while (range_contains(ram_range(ram), range_of(start, size))) {
        const struct segment *segment = segment_at(layout, range_of(start, size));
        if (segment == NULL) {
            return start;
        }
        start = align_up(segment->ipa + segment->memory_size, PAGE_SIZE);
    }
    return ADDRESS_UNSET;
}

/* What is to be added to the image's addresses. */
static bool image_shift(const struct placing *placing, const struct image *image, uint64_t *shift)
{
    const struct vm *vm = placing->vm;
    uint64_t ram = ram_first(placing->layout)->ipa;
    bool chosen = vm->load_at != ADDRESS_UNSET;

    switch (image->form) {
    case IMAGE_ELF_FIXED:
        *shift = 0;
        if (chosen) {
            error(vm->image_location,
                  "'load-at:' does not apply to image '%s': the ELF file says where it lies; "
                  "leave it out, or link the image for 0x%llx",
                  placing->path, (unsigned long long)vm->load_at);
        }
        return !chosen;
    case IMAGE_ELF_ANYWHERE:
        *shift = (chosen ? vm->load_at : align_up(ram, ANYWHERE_ALIGNMENT)) -
                 align_down(image->start, ANYWHERE_ALIGNMENT);
        if (chosen && vm->load_at % PAGE_SIZE != 0) {
            error(vm->image_location,
                  "load-at 0x%llx is not the start of a page; write a multiple of 0x1000",
                  (unsigned long long)vm->load_at);
        }
        return !chosen || vm->load_at % PAGE_SIZE == 0;
    case IMAGE_LINUX:
        *shift = chosen ? vm->load_at - image->start : align_up(ram, BLOCK_SIZE);
        if (*shift % BLOCK_SIZE != 0) {
            error(vm->image_location,
                  "load-at 0x%llx is no place for '%s', which must lie 0x%llx behind a multiple of "
                  "2 MB; choose such an address or leave it out",
                  (unsigned long long)vm->load_at, placing->path, (unsigned long long)image->start);
        }
        return *shift % BLOCK_SIZE == 0;
    case IMAGE_RAW:
        *shift = chosen ? vm->load_at : ram;
        return true;
    }
    return false;
}

/* At least @size, as a user would write it. */
static uint64_t size_to_write(uint64_t size)
{
    return align_up(size, size > MEGA_SIZE ? MEGA_SIZE : PAGE_SIZE);
}

/* Says what would help; for a program linked to a fixed address that is the VM's `at:`. */
static void image_refuse(const struct placing *placing, const struct image *image, uint64_t shift,
                         const struct image_part *part)
{
    const struct vm *vm = placing->vm;
    const char *ranges = "";
    char *advice = text_format("give it more memory");

    for (size_t i = 0; i < placing->layout->ram_count; i++) {
        const struct plan_memory *ram = &placing->layout->ram[i];
        ranges = text_join(ranges, ", ",
                           text_format("0x%llx to 0x%llx", (unsigned long long)ram->ipa,
                                       (unsigned long long)(ram->ipa + ram->size)));
    }
    if (image->form == IMAGE_ELF_FIXED && vm->memory_count == 1 &&
        vm->memory[0].at == ADDRESS_UNSET) {
        uint64_t at = align_down(image->start, BLOCK_SIZE);
        advice = text_format("write 'at: 0x%llx' for its memory%s", (unsigned long long)at,
                             image->end - at > vm->memory[0].size
                                 ? text_format(" and make that %s or more",
                                               size_in_words(size_to_write(image->end - at)).text)
                                 : "");
    } else if (image->form == IMAGE_ELF_FIXED) {
        advice = text_format("change its memory's 'at:' or size so that it holds the image");
    } else if (vm->load_at != ADDRESS_UNSET) {
        advice = text_format("change 'load-at:' or the memory's 'at:' and size");
    }
    error(vm->image_location,
          "'%s' occupies 0x%llx to 0x%llx (%s), outside of the memory of vm '%s' (%s); %s",
          placing->path, (unsigned long long)(part->address + shift),
          (unsigned long long)(part->address + shift + part->memory_size),
          size_in_words(part->memory_size).text, vm->name, ranges, advice);
}

static bool image_location(const struct placing *placing, const struct image *image, uint64_t shift)
{
    const char *what = placing->vm->kernel != NULL ? "kernel" : "image";

    for (size_t i = 0; i < image->part_count; i++) {
        struct image_part part = image->parts[i];
        const struct plan_memory *ram = NULL;
        if (part.address + shift < INT64_MAX) {
            ram = ram_holding(placing->layout, range_of(part.address + shift, part.memory_size));
        }
        if (ram == NULL) {
            image_refuse(placing, image, shift, &part);
            return false;
        }
        part.address += shift;
        segment_add(placing->layout, ram, what, &part);
    }
    return true;
}

static bool entry_set(const struct placing *placing, uint64_t entry)
{
    const struct vm *vm = placing->vm;

    placing->layout->entry = vm->entry != ADDRESS_UNSET ? vm->entry : entry;
    if (placing->layout->entry % 4 != 0) {
        error(vm->image_location, "entry 0x%llx of vm '%s' is not a multiple of 4; correct it",
              (unsigned long long)placing->layout->entry, vm->name);
        return false;
    }
    if (ram_holding(placing->layout, range_of(placing->layout->entry, 4)) == NULL) {
        error(vm->image_location,
              "entry 0x%llx is outside of the memory of vm '%s'; correct 'entry:' or the memory's "
              "'at:'",
              (unsigned long long)placing->layout->entry, vm->name);
        return false;
    }
    return true;
}

static bool initrd_location(const struct placing *placing, const struct plan_memory *ram,
                            uint64_t from, const struct file_bytes *initrd)
{
    struct vm_layout *layout = placing->layout;
    uint64_t start = gap_find(layout, ram, from, initrd->size);

    if (start == ADDRESS_UNSET) {
        error(placing->vm->initrd_location,
              "initrd '%s' (%s) does not fit behind the image into the memory of vm '%s' (%s from "
              "0x%llx on are left); "
              "give it more memory",
              placing->vm->initrd, size_in_words(initrd->size).text, placing->vm->name,
              room_in_words(range_end(ram_range(ram)) - from).text, (unsigned long long)from);
        return false;
    }
    layout->initrd_start = start;
    layout->initrd_end = start + initrd->size;
    segment_add(layout, ram, "initrd",
                &(struct image_part){start, initrd->bytes, initrd->size, initrd->size});
    return true;
}

/* Keeps room for the device tree; its bytes come when the image is written. */
static void dtb_keep(struct vm_layout *layout, const struct plan_memory *ram, uint64_t start,
                     uint64_t room)
{
    layout->dtb_ipa = start;
    layout->dtb_room = room;
    segment_add(layout, ram, "device tree", &(struct image_part){start, NULL, 0, room});
}

/* The device tree where the user wants it, in as much room as there is, at most DTB_ROOM. */
static bool dtb_place_at(const struct placing *placing, uint64_t start)
{
    const struct plan_memory *ram = ram_holding(placing->layout, range_of(start, DTB_ROOM_MIN));
    uint64_t room = DTB_ROOM;

    if (start % 8 != 0) {
        error(placing->vm->location, "dtb-at 0x%llx of vm '%s' is not a multiple of 8; correct it",
              (unsigned long long)start, placing->vm->name);
        return false;
    }
    if (ram == NULL) {
        error(placing->vm->location,
              "dtb-at 0x%llx is outside of the memory of vm '%s' (%s are needed there); correct it",
              (unsigned long long)start, placing->vm->name, size_in_words(DTB_ROOM_MIN).text);
        return false;
    }
    uint64_t line = align_down(start, LINE_SIZE);
    while (room > DTB_ROOM_MIN &&
           (!range_contains(ram_range(ram), range_of(start, room)) ||
            segment_at(placing->layout, range_of(line, room + start - line)) != NULL)) {
        room /= 2;
    }
    const struct segment *segment =
        segment_at(placing->layout, range_of(line, room + start - line));
    if (segment != NULL) {
        error(placing->vm->location,
              "dtb-at 0x%llx of vm '%s' overlaps its %s (0x%llx to 0x%llx); choose another place",
              (unsigned long long)start, placing->vm->name, segment->what,
              (unsigned long long)segment->ipa,
              (unsigned long long)(segment->ipa + segment->memory_size));
        return false;
    }
    dtb_keep(placing->layout, ram, start, room);
    return true;
}

/* Whether the device tree may lie there: also where no other image will ever be. */
static bool dtb_fits(const struct vm_layout *layout, struct range range)
{
    return segment_at(layout, range) == NULL && !ranges_overlap(layout->store_target, range);
}

/* The best of the places described above that is free. */
static uint64_t dtb_find(const struct placing *placing, const struct plan_memory *ram,
                         uint64_t behind, uint64_t room)
{
    const struct vm_layout *layout = placing->layout;
    uint64_t store_end = range_end(layout->store_target);

    if (placing->vm->kernel != NULL) {
        return gap_find(layout, ram, behind > store_end ? behind : store_end, room);
    }
    if (ram->size >= room && dtb_fits(layout, range_of(ram->ipa + ram->size - room, room))) {
        return ram->ipa + ram->size - room;
    }
    /* A program that finds 0 in x0 believes that there is none. */
    if (ram->ipa != 0 && ram->size >= room && dtb_fits(layout, range_of(ram->ipa, room))) {
        return ram->ipa;
    }
    uint64_t gap = gap_find(layout, ram, ram->ipa, room);
    return gap != ADDRESS_UNSET && !dtb_fits(layout, range_of(gap, room))
               ? gap_find(layout, ram, store_end, room)
               : gap;
}

static bool dtb_location(const struct placing *placing, const struct plan_memory *ram,
                         uint64_t behind)
{
    for (uint64_t room = DTB_ROOM; room >= DTB_ROOM_MIN; room /= 2) {
        uint64_t start = dtb_find(placing, ram, behind, room);
        if (start != ADDRESS_UNSET) {
            dtb_keep(placing->layout, ram, start, room);
            return true;
        }
    }
    error(placing->vm->location,
          "vm '%s' has no room left for its device tree (%s); give it more memory",
          placing->vm->name, size_in_words(DTB_ROOM_MIN).text);
    return false;
}

/* What the user's regions hold at first. A VM may be loaded into one itself, but nothing twice. */
static bool roms_location(const struct placing *placing, const struct file_bytes *roms)
{
    struct vm_layout *layout = placing->layout;

    for (size_t i = 0; i < layout->ram_count; i++) {
        const struct plan_memory *ram = &layout->ram[i];
        struct range range = range_of(ram->ipa, align_up(roms[i].size, LINE_SIZE));
        const struct segment *segment = segment_at(layout, range);
        if (roms[i].size == 0) {
            continue;
        }
        if (segment != NULL || ranges_overlap(layout->store_target, range)) {
            error(placing->vm->memory[i].file_location,
                  "file '%s' occupies 0x%llx to 0x%llx, where vm '%s' has its %s; move one",
                  placing->vm->memory[i].file, (unsigned long long)range.start,
                  (unsigned long long)range_end(range), placing->vm->name,
                  segment != NULL ? segment->what : "room for another image (reload)");
            return false;
        }
        segment_add(layout, ram, "rom",
                    &(struct image_part){ram->ipa, roms[i].bytes, roms[i].size, roms[i].size});
    }
    return true;
}

bool layout_image(const struct system *system, size_t vm, const struct vm_files *files,
                  struct vm_layout *layout)
{
    struct placing placing = {&system->vms[vm], layout, NULL};
    uint64_t shift;

    placing.path = placing.vm->kernel != NULL ? placing.vm->kernel : placing.vm->image;
    if (!image_shift(&placing, &files->image, &shift) ||
        !image_location(&placing, &files->image, shift) ||
        !entry_set(&placing, files->image.entry + shift)) {
        return false;
    }

    const struct segment *last = &layout->segments[layout->segment_count - 1];
    const struct plan_memory *ram = ram_holding(layout, range_of(last->ipa, last->memory_size));
    uint64_t behind = last->ipa + last->memory_size;
    bool dtb_chosen = placing.vm->dtb_at != ADDRESS_UNSET;

    if ((ram->flags & PLAN_MEMORY_ROM) != 0) { /* the image alone is there */
        ram = ram_first(layout);
        behind = ram->ipa;
    }
    if (dtb_chosen && !dtb_place_at(&placing, placing.vm->dtb_at)) {
        return false;
    }
    if (files->initrd.size != 0) {
        if (!initrd_location(&placing, ram, behind, &files->initrd)) {
            return false;
        }
        behind = layout->initrd_end;
    }
    return layout_store(placing.vm, layout) &&
           (dtb_chosen || dtb_location(&placing, ram, behind)) &&
           roms_location(&placing, files->roms);
}
