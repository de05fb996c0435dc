/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ELF format, as far as an image uses it: ELF64, little endian, AArch64, ET_EXEC, PT_LOAD at
 * final physical addresses, one note that names the plan (System V ABI, chapters 4 and 5).
 */
#include "image_reader.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_map.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "fields are read as they lie in the file");

#define ADDRESS_END ((uint64_t)1 << 48) /* no arm64 machine without FEAT_LPA has memory above */

#define REFUSE(...)                                                                                \
    do {                                                                                           \
        snprintf(why, IMAGE_FILE_WHY_SIZE, __VA_ARGS__);                                           \
        return false;                                                                              \
    } while (0)

static bool in_file(const struct image_file *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset;
}

static bool read_header(const struct image_file *image, Elf64_Ehdr *header,
                        char why[IMAGE_FILE_WHY_SIZE])
{
    if (image->size < sizeof(*header) || memcmp(image->bytes, ELFMAG, SELFMAG) != 0) {
        REFUSE("not an ELF file");
    }
    memcpy(header, image->bytes, sizeof(*header));
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_AARCH64) {
        REFUSE("not an ELF file for arm64");
    }
    if (header->e_type != ET_EXEC || header->e_ident[EI_VERSION] != EV_CURRENT ||
        header->e_version != EV_CURRENT) {
        REFUSE("not a static executable of ELF version 1");
    }
    for (unsigned i = EI_OSABI; i < EI_NIDENT; i++) {
        if (header->e_ident[i] != 0) {
            REFUSE("byte %u of its ELF header is 0x%02x, not 0", i, header->e_ident[i]);
        }
    }
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
        header->e_phnum == PN_XNUM) {
        REFUSE("%u program headers of %u bytes", header->e_phnum, header->e_phentsize);
    }
    if (!in_file(image, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr))) {
        REFUSE("the program headers at offset 0x%" PRIx64 " lie outside the file", header->e_phoff);
    }
    return true;
}

static bool add_segment(struct image_file *image, const Elf64_Phdr *program, unsigned number,
                        char why[IMAGE_FILE_WHY_SIZE])
{
    if (program->p_filesz > program->p_memsz) {
        REFUSE("segment %u has more bytes in the file than in memory", number);
    }
    if (program->p_paddr >= ADDRESS_END || program->p_memsz > ADDRESS_END - program->p_paddr) {
        REFUSE("segment %u at 0x%" PRIx64 " has 0x%" PRIx64 " bytes, beyond any address", number,
               program->p_paddr, program->p_memsz);
    }
    if (program->p_vaddr != program->p_paddr) {
        REFUSE("segment %u has a virtual address (0x%" PRIx64
               ") other than its physical one (0x%" PRIx64 ")",
               number, program->p_vaddr, program->p_paddr);
    }
    if (program->p_memsz != 0) {
        image->segments[image->segment_count++] = (struct image_segment){
            .pa = program->p_paddr,
            .size = program->p_memsz,
            .file_size = program->p_filesz,
            .bytes = program->p_filesz != 0 ? image->bytes + program->p_offset : NULL,
        };
    }
    return true;
}

static uint64_t round_up_to_word(uint64_t size)
{
    return (size + 3) & ~(uint64_t)3;
}

/* Looks for the plan's note in the notes of one PT_NOTE; counts into *@found. */
static bool read_notes(struct image_file *image, const Elf64_Phdr *program, unsigned *found,
                       char why[IMAGE_FILE_WHY_SIZE])
{
    uint64_t at = program->p_offset;
    uint64_t end = program->p_offset + program->p_filesz;
    while (end - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, image->bytes + at, sizeof(note));
        at += sizeof(note);
        uint64_t name_size = round_up_to_word(note.n_namesz);
        if (name_size > end - at || note.n_descsz > end - at - name_size) {
            REFUSE("a note at offset 0x%" PRIx64 " is longer than its segment", at - sizeof(note));
        }
        const uint8_t *name = image->bytes + at;
        const uint8_t *contents = name + name_size;
        if (note.n_namesz == sizeof(PLAN_NOTE_OWNER) &&
            memcmp(name, PLAN_NOTE_OWNER, sizeof(PLAN_NOTE_OWNER)) == 0 &&
            note.n_type == PLAN_NOTE_TYPE) {
            struct plan_note plan_note;
            if (note.n_descsz != sizeof(plan_note)) {
                REFUSE("the note that names the plan has %u bytes, not %zu", note.n_descsz,
                       sizeof(plan_note));
            }
            memcpy(&plan_note, contents, sizeof(plan_note));
            image->plan_pa = plan_note.plan_pa;
            (*found)++;
        }
        uint64_t contents_size = round_up_to_word(note.n_descsz);
        at += name_size;
        at += contents_size < end - at ? contents_size : end - at;
    }
    return true;
}

static int compare_segments(const void *left, const void *right)
{
    const struct image_segment *a = left;
    const struct image_segment *b = right;
    if (a->pa != b->pa) {
        return a->pa < b->pa ? -1 : 1;
    }
    return (a->size > b->size) - (a->size < b->size);
}

bool image_file_parse(struct image_file *image, char why[IMAGE_FILE_WHY_SIZE])
{
    Elf64_Ehdr header;
    if (!read_header(image, &header, why)) {
        return false;
    }
    free(image->segments);
    image->segment_count = 0;
    image->segments = calloc(header.e_phnum, sizeof(image->segments[0]));
    if (image->segments == NULL) {
        REFUSE("out of memory");
    }
    unsigned notes = 0;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr program;
        memcpy(&program, image->bytes + header.e_phoff + i * sizeof(program), sizeof(program));
        if (program.p_type != PT_LOAD && program.p_type != PT_NOTE) {
            continue;
        }
        if (!in_file(image, program.p_offset, program.p_filesz)) {
            REFUSE("segment %u (offset 0x%" PRIx64 ", 0x%" PRIx64 " bytes) lies outside the file",
                   i, program.p_offset, program.p_filesz);
        }
        bool good = program.p_type == PT_LOAD ? add_segment(image, &program, i, why)
                                              : read_notes(image, &program, &notes, why);
        if (!good) {
            return false;
        }
    }
    qsort(image->segments, image->segment_count, sizeof(image->segments[0]), compare_segments);
    if (notes != 1) {
        REFUSE(
            "%u notes name a plan, there must be one (is this an image made by `nagaya compose`?)",
            notes);
    }
    image->entry = header.e_entry;
    return true;
}
