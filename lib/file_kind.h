/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is that was given where another kind was meant: for messages only. */
#ifndef LIB_FILE_KIND_H
#define LIB_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_kind {
    const char *what; /* "an arm64 Linux kernel"; NULL: its bytes do not tell */
    const char *use;  /* what to do with it, if there is something */
    bool is_text;
    bool composed; /* it is one of nagaya's images, perhaps a damaged one */
};

/** What a file with these bytes is, as far as they tell. */
struct file_kind file_kind_of(const uint8_t *bytes, size_t size);

/** The same of the file @path. */
struct file_kind file_kind_at(const char *path);

#endif
