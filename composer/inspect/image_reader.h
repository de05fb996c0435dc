/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a finished image: an ELF file, seen as what it puts into physical memory.
 *
 * The file may be hostile: nothing in it is believed before it has been checked against the file's
 * size, and no function here reads outside the file, whatever it is asked for. Memory that no
 * segment loads reads as zero, as it is on a machine that was just switched on.
 */
#ifndef COMPOSER_IMAGE_READER_H
#define COMPOSER_IMAGE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_FILE_WHY_SIZE 160

/** What one PT_LOAD puts at @pa: @file_size bytes of the file, then zeros up to @size. */
struct image_segment {
    uint64_t pa;
    uint64_t size;
    uint64_t file_size;
    const uint8_t *bytes;
};

struct image_file {
    uint8_t *bytes;
    uint64_t size;
    uint64_t entry;
    uint64_t plan_pa;               /* from the note */
    struct image_segment *segments; /* sorted by address, none empty */
    size_t segment_count;
};

/** Reads the file into memory. Returns false, with the reason in @why, if it can't be read. */
bool image_file_read(const char *path, struct image_file *image, char why[IMAGE_FILE_WHY_SIZE]);

/** Whether the file at @path, which was read, is of a kind that is known and no image; then it
 * says so on stderr, as `nagaya @command`. Only words: nothing that is checked rests on it. */
bool image_file_is_another_kind(const struct image_file *image, const char *path,
                                const char *command);

/** Finds segments and note in image->bytes. Returns false, with the reason in @why, if the ELF
 * file is malformed. */
bool image_file_parse(struct image_file *image, char why[IMAGE_FILE_WHY_SIZE]);

void image_file_close(struct image_file *image);

/** The segment that loads the byte at @pa, or NULL. */
const struct image_segment *image_file_segment_at(const struct image_file *image, uint64_t pa);

/** Whether every byte of [@pa, @pa + @size) is in some segment. */
bool image_file_loads(const struct image_file *image, uint64_t pa, uint64_t size);

/** Copies the memory's contents at the machine's start. */
void image_file_copy(const struct image_file *image, uint64_t pa, void *to, uint64_t size);

/** Whether the memory is zero at the machine's start; if not, *@where is the first address that
 * isn't. */
bool image_file_is_zero(const struct image_file *image, uint64_t pa, uint64_t size,
                        uint64_t *where);

/** Whether two ranges have the same contents; if not, *@where is the offset of the first
 * difference. */
bool image_file_is_equal(const struct image_file *image, uint64_t pa, uint64_t other_pa,
                         uint64_t size, uint64_t *where);

#endif
