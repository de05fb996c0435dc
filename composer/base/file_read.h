/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files that the user names, whole, and unpacks gzip'd ones. */
#ifndef COMPOSER_FILE_READ_H
#define COMPOSER_FILE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"

/** A whole file. */
struct file_bytes {
    const uint8_t *bytes;
    size_t size;
};

/** Reads a file; a mistake at @location where that fails. @what is the key: "image", "kernel",
 * "initrd", "file". */
bool file_read(struct source_location location, const char *what, const char *path,
               struct file_bytes *file);

/** Unpacks a gzip'd file in place of @file; others are left as they are. A mistake where it is
 * damaged or more than @limit. */
bool file_unpack(struct source_location location, const char *what, const char *path,
                 uint64_t limit, struct file_bytes *file);

#endif
