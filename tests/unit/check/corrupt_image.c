/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to the ELF file itself, and to where its segments go. */
#include "corrupt.h"

#include <elf.h>

static Elf64_Ehdr *header_of(struct builder *builder)
{
    return (Elf64_Ehdr *)builder->file;
}

static Elf64_Phdr *program_of(struct builder *builder, unsigned index)
{
    return (Elf64_Phdr *)(builder->file + sizeof(Elf64_Ehdr)) + index;
}

static void not_elf(struct builder *builder)
{
    builder->file[1] = 'F';
}

static void other_machine(struct builder *builder)
{
    header_of(builder)->e_machine = EM_X86_64;
}

static void position_independent(struct builder *builder)
{
    header_of(builder)->e_type = ET_DYN;
}

static void program_headers_of_32_bits(struct builder *builder)
{
    header_of(builder)->e_phentsize = 32;
}

static void note_of_other_size(struct builder *builder)
{
    Elf64_Nhdr *note = (Elf64_Nhdr *)(builder->file + program_of(builder, 0)->p_offset);
    note->n_descsz = 4;
}

static void program_headers_outside(struct builder *builder)
{
    header_of(builder)->e_phoff = UINT64_MAX - 8;
}

static void segment_outside_file(struct builder *builder)
{
    program_of(builder, 4)->p_offset = UINT64_MAX - 0x100;
}

static void more_in_file_than_in_memory(struct builder *builder)
{
    program_of(builder, 7)->p_memsz = 16;
}

static void segment_wraps(struct builder *builder)
{
    program_of(builder, 7)->p_memsz = UINT64_MAX;
}

static void other_virtual_address(struct builder *builder)
{
    program_of(builder, 7)->p_vaddr += 0x1000;
}

static void no_note(struct builder *builder)
{
    program_of(builder, 0)->p_type = PT_NULL;
}

static void note_too_long(struct builder *builder)
{
    Elf64_Nhdr *note = (Elf64_Nhdr *)(builder->file + program_of(builder, 0)->p_offset);
    note->n_descsz = 0xfffffff0;
}

static void truncated(struct builder *builder)
{
    builder->file_size = 40;
}

static void segments_overlap(struct builder *builder)
{
    builder_add_segment(builder, CONTROL_RAM + 0x2000, 0, 0x1000);
}

static void segment_in_no_ram(struct builder *builder)
{
    builder_add_segment(builder, RAM_START + RAM_SIZE, 0, 0x1000);
}

static void segment_in_free_ram(struct builder *builder)
{
    builder_add_segment(builder, 0x40e00000, 0, 0x1000);
}

static void entry_in_read_only_data(struct builder *builder)
{
    builder->entry = RODATA_PA;
}

static void entry_odd(struct builder *builder)
{
    builder->entry = TEXT_PA + 2;
}

static const struct damage damages[] = {
    IN_FILE("elf: not an ELF file", not_elf, "image.elf", "not an ELF file"),
    IN_FILE("elf: for another machine", other_machine, "image.elf", "not an ELF file for arm64"),
    IN_FILE("elf: position independent", position_independent, "image.elf",
            "not a static executable"),
    IN_FILE("elf: program headers of 32 bits", program_headers_of_32_bits, "image.elf",
            "of 32 bytes"),
    IN_FILE("elf: note of another size", note_of_other_size, "image.elf", "has 4 bytes, not 8"),
    IN_FILE("elf: program headers outside the file", program_headers_outside, "image.elf",
            "program headers"),
    IN_FILE("elf: segment outside the file", segment_outside_file, "image.elf", "segment 4"),
    IN_FILE("elf: more bytes in the file than in memory", more_in_file_than_in_memory, "image.elf",
            "more bytes"),
    IN_FILE("elf: segment wraps around", segment_wraps, "image.elf", "beyond any address"),
    IN_FILE("elf: virtual is not physical", other_virtual_address, "image.elf", "virtual address"),
    IN_FILE("elf: no note", no_note, "image.elf", "0 notes name a plan"),
    IN_FILE("elf: note longer than its segment", note_too_long, "image.elf",
            "longer than its segment"),
    IN_FILE("elf: file truncated", truncated, "image.elf", "not an ELF file"),
    DESCRIBED("segments overlap", segments_overlap, "image.overlap", "0x40a02000"),
    DESCRIBED("segment where there is no RAM", segment_in_no_ram, "image.ram",
              "no RAM at 0x41000000"),
    DESCRIBED("segment in RAM that nobody has", segment_in_free_ram, "image.ram",
              "neither the hypervisor nor"),
    DESCRIBED("entry outside the text", entry_in_read_only_data, "image.entry", "entry 0x40002000"),
    DESCRIBED("entry between two instructions", entry_odd, "image.entry", "entry 0x40000002"),
};
const struct damages damages_image = DAMAGES(damages);
