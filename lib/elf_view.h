/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a 64-bit ELF file for AArch64 from memory without trusting a byte of it: every table and
 * every segment is checked against the file's end before anything looks into it (ELF-64 Object File
 * Format 1.5).
 */
#ifndef LIB_ELF_VIEW_H
#define LIB_ELF_VIEW_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_view {
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
};

/** Whether the bytes begin like an ELF file of whatever kind. */
bool elf_is(const uint8_t *bytes, size_t size);

/**
 * Opens an ELF file.
 *
 * Returns NULL, or in words what is wrong: "is for x86-64, not for AArch64". All program headers of
 * type PT_LOAD are sound afterwards: bytes inside the file, addresses do not wrap, memory size >=
 * file size.
 */
const char *elf_view_open(struct elf_view *elf, const uint8_t *bytes, size_t size);

/** Program header @index, below elf->header.e_phnum. */
Elf64_Phdr elf_view_program(const struct elf_view *elf, size_t index);

/** Looks a symbol up in the symbol table; false where there is none. */
bool elf_view_symbol(const struct elf_view *elf, const char *name, uint64_t *value);

/** The function that @address lies in, and how far behind its first byte; NULL where no symbol
 * tells. */
const char *elf_view_function(const struct elf_view *elf, uint64_t address, uint64_t *offset);

#endif
