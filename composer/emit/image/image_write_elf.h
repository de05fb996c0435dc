/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image as a file: a static ELF executable whose segments lie at their final physical
 * addresses.
 *
 * Nothing is stored twice: pieces made from the same bytes share them. Nor are zeros: a loader
 * clears what a segment has in memory but not in the file (ELF-64 Object File Format 1.5, "Program
 * header").
 */
#ifndef COMPOSER_IMAGE_WRITE_ELF_H
#define COMPOSER_IMAGE_WRITE_ELF_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes at a physical address; zeros up to memory_size. */
struct piece {
    uint64_t pa;
    const uint8_t *bytes;
    uint64_t file_size;
    uint64_t memory_size;
    uint32_t flags; /* PF_R, PF_W, PF_X: for people */
};

struct pieces {
    struct piece *list;
    size_t count;
};

/** Adds a piece as it is. */
void piece_add(struct pieces *pieces, struct piece piece);

/** Adds @size bytes of tables and the like, which are mostly zero: as several pieces without the
 * long runs of zeros. @pa and @size are multiples of 8. */
void piece_add_sparse(struct pieces *pieces, uint64_t pa, const void *bytes, uint64_t size,
                      uint32_t flags);

/**
 * Writes the image to @output by way of a temporary file beside it. Ends the program where that
 * fails, and leaves no file behind then.
 */
void image_elf_write(struct pieces *pieces, uint64_t entry_pa, uint64_t plan_pa,
                     const char *output);

#endif
