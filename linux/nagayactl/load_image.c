/* SPDX-License-Identifier: Apache-2.0 */
#include "load_image.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "elf_view.h"

static bool refuse(char why[LOAD_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool refuse(char why[LOAD_WHY_SIZE], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, LOAD_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static bool fits(const struct load_target *target, uint64_t address, uint64_t size)
{
    return address >= target->start && address - target->start <= target->size &&
           size <= target->size - (address - target->start);
}

static bool load_raw(const struct load_target *target, const uint8_t *file, size_t size,
                     uint8_t *memory, char why[LOAD_WHY_SIZE])
{
    if (size == 0) {
        return refuse(why, "is empty");
    }
    if (size >= 2 && file[0] == 0x1f && file[1] == 0x8b) {
        return refuse(why, "is packed; unpack it first (gunzip)");
    }
    if (size > target->size) {
        return refuse(why,
                      "has %zu bytes, but the VM's room is %" PRIu64
                      "; make reload: in the system's file larger",
                      size, target->size);
    }
    if (target->entry - target->start >= size) {
        return refuse(why, "ends at 0x%" PRIx64 ", before the VM's entry 0x%" PRIx64,
                      target->start + size, target->entry);
    }
    memcpy(memory, file, size);
    return true;
}

/* e_entry is a virtual address: the segment that holds it says where that is physically. */
static bool find_entry(const struct elf_view *elf, uint64_t *entry)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);

        if (program.p_type == PT_LOAD && elf->header.e_entry >= program.p_vaddr &&
            elf->header.e_entry - program.p_vaddr < program.p_filesz) {
            *entry = elf->header.e_entry - program.p_vaddr + program.p_paddr;
            return true;
        }
    }
    return false;
}

/* All segments, moved by @bias (modulo 2^64). Those that overlap are a mistake of whoever linked
 * the file. */
static bool load_segments(const struct load_target *target, const struct elf_view *elf,
                          uint64_t bias, uint8_t *memory, char why[LOAD_WHY_SIZE])
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);
        uint64_t address = program.p_paddr + bias;

        if (program.p_type != PT_LOAD || program.p_memsz == 0) {
            continue;
        }
        if (!fits(target, address, program.p_memsz)) {
            return refuse(why,
                          "has a segment at 0x%" PRIx64 " of %" PRIu64
                          " bytes, but the VM's room is 0x%" PRIx64 " to 0x%" PRIx64
                          "; link it for that, or make reload: in the system's file larger",
                          address, program.p_memsz, target->start, target->start + target->size);
        }
        for (size_t other = 0; other < i; other++) {
            Elf64_Phdr before = elf_view_program(elf, other);

            if (before.p_type == PT_LOAD && before.p_paddr < program.p_paddr + program.p_memsz &&
                program.p_paddr < before.p_paddr + before.p_memsz) {
                return refuse(why, "has segments that overlap in physical memory; link it again");
            }
        }
        memcpy(memory + (address - target->start), elf->bytes + program.p_offset, program.p_filesz);
    }
    return true;
}

static bool load_elf(const struct load_target *target, const uint8_t *file, size_t size,
                     uint8_t *memory, char why[LOAD_WHY_SIZE])
{
    struct elf_view elf;
    const char *wrong = elf_view_open(&elf, file, size);
    uint64_t entry;

    if (wrong != NULL) {
        return refuse(why, "%s", wrong);
    }
    if (!find_entry(&elf, &entry)) {
        return refuse(why, "starts at 0x%" PRIx64 ", where it loads nothing; link it again",
                      (uint64_t)elf.header.e_entry);
    }
    if (elf.header.e_type != ET_DYN && entry != target->entry) {
        return refuse(why,
                      "starts at 0x%" PRIx64 ", but the VM at 0x%" PRIx64
                      ", as the image that the system was composed with; link it for that",
                      entry, target->entry);
    }
    return load_segments(target, &elf, target->entry - entry, memory, why);
}

bool load_image(const struct load_target *target, const uint8_t *file, size_t size, uint8_t *memory,
                char why[LOAD_WHY_SIZE])
{
    return elf_is(file, size) ? load_elf(target, file, size, memory, why)
                              : load_raw(target, file, size, memory, why);
}
