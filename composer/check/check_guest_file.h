/* SPDX-License-Identifier: Apache-2.0 */
/* A VM's image as a file: an ELF program, an arm64 Linux Image or raw bytes, each perhaps
 * gzip'd. */
#ifndef COMPOSER_CHECK_GUEST_FILE_H
#define COMPOSER_CHECK_GUEST_FILE_H

#include "spans.h"
#include "image_reader.h"

/** How far a file decides where it lies. */
enum guest_form {
    GUEST_FIXED,    /* an ELF file: where it says */
    GUEST_ANYWHERE, /* an ELF file that can be moved */
    GUEST_LINUX,
    GUEST_RAW,
};

/** A run of bytes; addresses are the file's own. */
struct guest_part {
    uint64_t start;
    uint64_t size;
    const uint8_t *bytes;
    uint64_t memory_size; /* what follows the bytes is zero */
};

struct guest_file {
    enum guest_form form;
    struct image_file file; /* its bytes, unpacked */
    struct guest_part *parts;
    size_t part_count;
    /* where it wants to be entered; of Linux and raw bytes the first one, which is 0 */
    uint64_t entry;
};

/** Takes over @file and finds out what it holds; @raw: it is bytes, whatever it looks like.
 * Returns false, with the reason in @why, if it is damaged. */
bool guest_file_open(struct image_file *file, bool raw, struct guest_file *guest,
                     char why[IMAGE_FILE_WHY_SIZE]);
void guest_file_close(struct guest_file *guest);

#endif
