/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ELF files that may be damaged or hostile (elf_view.h). */
#include "elf_view.h"

#include <string.h>

bool elf_is(const uint8_t *bytes, size_t size)
{
    return size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static bool in_file(const struct elf_view *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "is for 32-bit x86, not for AArch64";
    case EM_X86_64:
        return "is for x86-64, not for AArch64";
    case EM_ARM:
        return "is for 32-bit Arm, not for AArch64";
    case EM_RISCV:
        return "is for RISC-V, not for AArch64";
    case EM_PPC:
    case EM_PPC64:
        return "is for PowerPC, not for AArch64";
    case EM_MIPS:
        return "is for MIPS, not for AArch64";
    default:
        return "is for another architecture than AArch64";
    }
}

static const char *header_check(const Elf64_Ehdr *header)
{
    /* The machine stands at the same place in 32-bit files, so the message can name it for these
     * too. */
    if (header->e_ident[EI_DATA] != ELFDATA2LSB) {
        return "is big-endian; little-endian AArch64 is needed";
    }
    if (header->e_machine != EM_AARCH64) {
        return machine_name(header->e_machine);
    }
    if (header->e_ident[EI_CLASS] != ELFCLASS64) {
        return "is a 32-bit ELF file (ILP32), not for 64-bit AArch64";
    }
    if (header->e_type == ET_REL) {
        return "is an object file, not linked yet";
    }
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN) {
        return "is an ELF file of a type that cannot be loaded (neither ET_EXEC nor ET_DYN)";
    }
    return NULL;
}

static const char *program_check(const struct elf_view *elf, const Elf64_Phdr *program)
{
    if (program->p_type == PT_INTERP) {
        return "is a program for an operating system (it asks for a dynamic linker), not a "
               "bare-metal one";
    }
    if (program->p_type != PT_LOAD) {
        return NULL;
    }
    if (program->p_filesz > program->p_memsz) {
        return "is damaged: a segment has more bytes in the file than in memory";
    }
    if (!in_file(elf, program->p_offset, program->p_filesz)) {
        return "is damaged or cut off: a segment lies beyond the file's end";
    }
    if (program->p_paddr + program->p_memsz < program->p_paddr ||
        program->p_vaddr + program->p_memsz < program->p_vaddr) {
        return "is damaged: a segment's addresses wrap around";
    }
    return NULL;
}

const char *elf_view_open(struct elf_view *elf, const uint8_t *bytes, size_t size)
{
    *elf = (struct elf_view){.bytes = bytes, .size = size};
    if (size < sizeof(Elf32_Ehdr)) {
        return "is damaged or cut off: shorter than an ELF header";
    }
    memcpy(&elf->header, bytes, size < sizeof(elf->header) ? size : sizeof(elf->header));

    const char *wrong = header_check(&elf->header);
    if (wrong != NULL) {
        return wrong;
    }
    if (size < sizeof(elf->header)) {
        return "is damaged or cut off: shorter than an ELF header";
    }
    if (elf->header.e_phnum != 0 && elf->header.e_phentsize != sizeof(Elf64_Phdr)) {
        return "is damaged: its program headers have an unknown size";
    }
    if (!in_file(elf, elf->header.e_phoff, (uint64_t)elf->header.e_phnum * sizeof(Elf64_Phdr))) {
        return "is damaged or cut off: its program headers lie beyond the file's end";
    }
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);
        wrong = program_check(elf, &program);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

Elf64_Phdr elf_view_program(const struct elf_view *elf, size_t index)
{
    Elf64_Phdr program;

    memcpy(&program, elf->bytes + elf->header.e_phoff + index * sizeof(program), sizeof(program));
    return program;
}

/* Section header @index; false where it or its contents lie outside of the file. */
static bool section_get(const struct elf_view *elf, size_t index, Elf64_Shdr *section)
{
    if (elf->header.e_shentsize != sizeof(*section) || index >= elf->header.e_shnum ||
        !in_file(elf, elf->header.e_shoff, (uint64_t)elf->header.e_shnum * sizeof(*section))) {
        return false;
    }
    memcpy(section, elf->bytes + elf->header.e_shoff + index * sizeof(*section), sizeof(*section));
    return section->sh_type == SHT_NOBITS || in_file(elf, section->sh_offset, section->sh_size);
}

static bool name_is(const struct elf_view *elf, const Elf64_Shdr *names, uint64_t offset,
                    const char *name)
{
    size_t length = strlen(name) + 1;

    return offset <= names->sh_size && length <= names->sh_size - offset &&
           memcmp(elf->bytes + names->sh_offset + offset, name, length) == 0;
}

/* Symbol table @index with its names; false if that section is none. */
static bool symbols_get(const struct elf_view *elf, size_t index, Elf64_Shdr *table,
                        Elf64_Shdr *names)
{
    return section_get(elf, index, table) && table->sh_type == SHT_SYMTAB &&
           section_get(elf, table->sh_link, names) && names->sh_type == SHT_STRTAB;
}

/* A place among the symbols of all tables; all zero: before the first one. */
struct symbol_walk {
    size_t section; /* the next to look at */
    Elf64_Shdr table;
    Elf64_Shdr names;
    uint64_t at; /* in the table */
};

/* The next symbol, with its names in @walk->names; false if there is none. */
static bool symbol_next(const struct elf_view *elf, struct symbol_walk *walk, Elf64_Sym *symbol)
{
    while (walk->at + sizeof(*symbol) > walk->table.sh_size) {
        do {
            if (walk->section >= elf->header.e_shnum) {
                return false;
            }
        } while (!symbols_get(elf, walk->section++, &walk->table, &walk->names));
        walk->at = 0;
    }
    memcpy(symbol, elf->bytes + walk->table.sh_offset + walk->at, sizeof(*symbol));
    walk->at += sizeof(*symbol);
    return true;
}

bool elf_view_symbol(const struct elf_view *elf, const char *name, uint64_t *value)
{
    struct symbol_walk walk = {0};
    Elf64_Sym symbol;

    while (symbol_next(elf, &walk, &symbol)) {
        if (symbol.st_shndx != SHN_UNDEF && name_is(elf, &walk.names, symbol.st_name, name)) {
            *value = symbol.st_value;
            return true;
        }
    }
    return false;
}

/* Whether @symbol is a function or an assembler's label in the code that @address lies in. */
static bool names_code(const struct elf_view *elf, const Elf64_Sym *symbol, uint64_t address)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    Elf64_Shdr section;

    return (type == STT_FUNC || type == STT_NOTYPE) &&
           section_get(elf, symbol->st_shndx, &section) &&
           (section.sh_flags & SHF_EXECINSTR) != 0 && address - section.sh_addr < section.sh_size;
}

/* The name at @offset; NULL for those that only mark code and data (AAELF64: "$x", "$d"). */
static const char *name_at(const struct elf_view *elf, const Elf64_Shdr *names, uint64_t offset)
{
    const char *name = (const char *)elf->bytes + names->sh_offset + offset;

    if (offset >= names->sh_size || memchr(name, '\0', (size_t)(names->sh_size - offset)) == NULL) {
        return NULL;
    }
    return *name == '\0' || *name == '$' ? NULL : name;
}

const char *elf_view_function(const struct elf_view *elf, uint64_t address, uint64_t *offset)
{
    struct symbol_walk walk = {0};
    const char *best = NULL;
    Elf64_Sym symbol;

    while (symbol_next(elf, &walk, &symbol)) {
        const char *name = name_at(elf, &walk.names, symbol.st_name);
        uint64_t behind = address - symbol.st_value;
        if (name == NULL || address < symbol.st_value || !names_code(elf, &symbol, address) ||
            (symbol.st_size != 0 && behind >= symbol.st_size) ||
            (best != NULL && behind >= *offset)) {
            continue;
        }
        best = name;
        *offset = behind;
    }
    return best;
}
