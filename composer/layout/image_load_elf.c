/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a guest's ELF file apart, by physical addresses.
 *
 * Parts are widened to cache lines, since memory is restored in these (plan_restore), and parts
 * that would then share a line become one.
 */
#include "image_load.h"

#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "elf_view.h"
#include "memory.h"

static int part_compare(const void *a, const void *b)
{
    const struct image_part *left = a, *right = b;

    return (left->address > right->address) - (left->address < right->address);
}

/* The loadable segments as parts, by address, without the empty ones. */
static void parts_collect(const struct elf_view *elf, struct image *image)
{
    image->parts = memory_new(elf->header.e_phnum, sizeof(*image->parts));
    image->part_count = 0;
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);
        if (program.p_type != PT_LOAD || program.p_memsz == 0) {
            continue;
        }
        image->parts[image->part_count++] = (struct image_part){
            .address = program.p_paddr,
            .bytes = elf->bytes + program.p_offset,
            .file_size = program.p_filesz,
            .memory_size = program.p_memsz,
        };
    }
    qsort(image->parts, image->part_count, sizeof(*image->parts), part_compare);
}

static bool parts_overlap(const struct image *image)
{
    for (size_t i = 1; i < image->part_count; i++) {
        if (image->parts[i].address - image->parts[i - 1].address <
            image->parts[i - 1].memory_size) {
            return true;
        }
    }
    return false;
}

/* Gives @part the bytes of parts @first..@last-1, which lie in neighbouring cache lines. */
static void parts_join(const struct image *image, size_t first, size_t last,
                       struct image_part *part)
{
    const struct image_part *parts = image->parts;
    uint64_t start = align_down(parts[first].address, LINE_SIZE);
    uint64_t file_end = start;
    uint64_t end = align_up(parts[last - 1].address + parts[last - 1].memory_size, LINE_SIZE);

    for (size_t i = first; i < last; i++) {
        if (parts[i].file_size != 0) {
            file_end = align_up(parts[i].address + parts[i].file_size, LINE_SIZE);
        }
    }
    uint8_t *bytes = memory_new((size_t)(file_end - start), 1);
    for (size_t i = first; i < last; i++) {
        if (parts[i].file_size != 0) {
            memcpy(bytes + (parts[i].address - start), parts[i].bytes, (size_t)parts[i].file_size);
        }
    }
    *part = (struct image_part){
        .address = start,
        .bytes = bytes,
        .file_size = file_end - start,
        .memory_size = end - start,
    };
}

static void parts_widen(struct image *image)
{
    struct image_part *wide = memory_new(image->part_count, sizeof(*wide));
    size_t count = 0;

    for (size_t first = 0, last; first < image->part_count; first = last) {
        for (last = first + 1; last < image->part_count; last++) {
            const struct image_part *before = &image->parts[last - 1];
            if (align_up(before->address + before->memory_size, LINE_SIZE) <=
                align_down(image->parts[last].address, LINE_SIZE)) {
                break;
            }
        }
        parts_join(image, first, last, &wide[count++]);
    }
    image->parts = wide;
    image->part_count = count;
    image->start = wide[0].address;
    image->end = wide[count - 1].address + wide[count - 1].memory_size;
}

/* e_entry is a virtual address: the segment that holds it says where that is physically. */
static bool entry_find(const struct elf_view *elf, uint64_t *entry)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);
        if (program.p_type == PT_LOAD && elf->header.e_entry >= program.p_vaddr &&
            elf->header.e_entry - program.p_vaddr < program.p_memsz) {
            *entry = elf->header.e_entry - program.p_vaddr + program.p_paddr;
            return true;
        }
    }
    return false;
}

bool image_load_elf(const struct vm *vm, const struct file_bytes *file, struct image *image)
{
    struct elf_view elf;
    const char *wrong = elf_view_open(&elf, file->bytes, file->size);

    *image = (struct image){0};
    if (wrong != NULL) {
        error(vm->image_location, "image '%s' %s; build it again for AArch64", vm->image, wrong);
        return false;
    }
    image->form = elf.header.e_type == ET_DYN ? IMAGE_ELF_ANYWHERE : IMAGE_ELF_FIXED;
    parts_collect(&elf, image);
    if (image->part_count == 0) {
        error(vm->image_location,
              "image '%s' has nothing to load (no PT_LOAD segment); link it again", vm->image);
        return false;
    }
    if (parts_overlap(image)) {
        error(vm->image_location,
              "image '%s' has segments that overlap in physical memory; link it again", vm->image);
        return false;
    }
    const struct image_part *last = &image->parts[image->part_count - 1];
    uint64_t extent = last->address + last->memory_size - image->parts[0].address;
    if (extent > vm_memory_size(vm) || last->address + last->memory_size > INT64_MAX) {
        error(
            vm->image_location,
            "image '%s' needs %s of memory (0x%llx to 0x%llx), vm '%s' has %s; give it more memory",
            vm->image, size_in_words(extent).text, (unsigned long long)image->parts[0].address,
            (unsigned long long)(last->address + last->memory_size), vm->name,
            room_in_words(vm_memory_size(vm)).text);
        return false;
    }
    if (vm->entry == ADDRESS_UNSET && !entry_find(&elf, &image->entry)) {
        error(vm->image_location,
              "image '%s' starts at 0x%llx, where it loads nothing; link it again or give 'entry:'",
              vm->image, (unsigned long long)elf.header.e_entry);
        return false;
    }
    parts_widen(image);
    return true;
}
