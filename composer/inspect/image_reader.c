/* SPDX-License-Identifier: Apache-2.0 */
/* The image as physical memory: the file itself, and lookups by address. The ELF format is in
 * image_reader_elf.c. */
#include "image_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_kind.h"

#define READ_STEP ((size_t)1 << 20)

/* Reads to the end of the file, however long it turns out to be: its size may change while it is
 * read. */
static bool read_all(FILE *file, struct image_file *image)
{
    size_t room = 0;
    for (;;) {
        if (image->size == room) {
            room += room > READ_STEP ? room : READ_STEP;
            uint8_t *bytes = realloc(image->bytes, room);
            if (bytes == NULL) {
                return false;
            }
            image->bytes = bytes;
        }
        size_t got = fread(image->bytes + image->size, 1, room - image->size, file);
        if (got == 0) {
            return !ferror(file);
        }
        image->size += got;
    }
}

bool image_file_read(const char *path, struct image_file *image, char why[IMAGE_FILE_WHY_SIZE])
{
    *image = (struct image_file){0};
    errno = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "%s", strerror(errno));
        return false;
    }
    bool good = read_all(file, image);
    if (!good) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "%s", strerror(errno));
        image_file_close(image);
    }
    fclose(file);
    return good;
}

bool image_file_is_another_kind(const struct image_file *image, const char *path,
                                const char *command)
{
    struct file_kind kind = file_kind_of(image->bytes, image->size);
    if (kind.what == NULL || kind.composed) {
        return false;
    }
    fprintf(stderr, "nagaya %s: %s is %s, not an image of nagaya compose%s%s\n", command, path,
            kind.what, kind.use != NULL ? "; " : "", kind.use != NULL ? kind.use : "");
    return true;
}

void image_file_close(struct image_file *image)
{
    free(image->segments);
    free(image->bytes);
    *image = (struct image_file){0};
}

/* How many segments begin at or below @pa. */
static size_t segments_up_to(const struct image_file *image, uint64_t pa)
{
    size_t low = 0;
    size_t high = image->segment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->segments[middle].pa <= pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct image_segment *image_file_segment_at(const struct image_file *image, uint64_t pa)
{
    size_t position = segments_up_to(image, pa);
    if (position == 0) {
        return NULL;
    }
    const struct image_segment *segment = &image->segments[position - 1];
    return pa - segment->pa < segment->size ? segment : NULL;
}

/* The run of like bytes that begins at @pa: bytes of the file, or NULL for zeros. *@length is at
 * least 1. */
static const uint8_t *run_at(const struct image_file *image, uint64_t pa, uint64_t *length)
{
    const struct image_segment *segment = image_file_segment_at(image, pa);
    if (segment == NULL) {
        size_t next = segments_up_to(image, pa);
        *length = next < image->segment_count ? image->segments[next].pa - pa : UINT64_MAX - pa;
        *length = *length != 0 ? *length : 1;
        return NULL;
    }
    uint64_t offset = pa - segment->pa;
    if (offset < segment->file_size) {
        *length = segment->file_size - offset;
        return segment->bytes + offset;
    }
    *length = segment->size - offset;
    return NULL;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool image_file_loads(const struct image_file *image, uint64_t pa, uint64_t size)
{
    while (size != 0) {
        const struct image_segment *segment = image_file_segment_at(image, pa);
        if (segment == NULL) {
            return false;
        }
        uint64_t step = smaller(size, segment->size - (pa - segment->pa));
        pa += step;
        size -= step;
    }
    return true;
}

void image_file_copy(const struct image_file *image, uint64_t pa, void *to, uint64_t size)
{
    uint8_t *out = to;
    while (size != 0) {
        uint64_t length;
        const uint8_t *bytes = run_at(image, pa, &length);
        length = smaller(length, size);
        if (bytes != NULL) {
            memcpy(out, bytes, length);
        } else {
            memset(out, 0, length);
        }
        out += length;
        pa += length;
        size -= length;
    }
}

/* Position of the first byte where @a and @b differ (NULL: zeros), or @size. */
static uint64_t first_difference(const uint8_t *a, const uint8_t *b, uint64_t size)
{
    static const uint8_t zeros[4096];
    if (a == b || (a != NULL && b != NULL && memcmp(a, b, size) == 0)) {
        return size;
    }
    uint64_t at = 0;
    while (at < size) {
        uint64_t step = smaller(size - at, sizeof(zeros));
        const uint8_t *left = a != NULL ? a + at : zeros;
        const uint8_t *right = b != NULL ? b + at : zeros;
        if (memcmp(left, right, step) == 0) {
            at += step;
            continue;
        }
        while (*left == *right) {
            left++;
            right++;
            at++;
        }
        return at;
    }
    return size;
}

bool image_file_is_zero(const struct image_file *image, uint64_t pa, uint64_t size, uint64_t *where)
{
    while (size != 0) {
        uint64_t length;
        const uint8_t *bytes = run_at(image, pa, &length);
        length = smaller(length, size);
        uint64_t at = first_difference(bytes, NULL, length);
        if (at != length) {
            *where = pa + at;
            return false;
        }
        pa += length;
        size -= length;
    }
    return true;
}

bool image_file_is_equal(const struct image_file *image, uint64_t pa, uint64_t other_pa,
                         uint64_t size, uint64_t *where)
{
    uint64_t done = 0;
    while (done < size) {
        uint64_t length;
        uint64_t other_length;
        const uint8_t *bytes = run_at(image, pa + done, &length);
        const uint8_t *other_bytes = run_at(image, other_pa + done, &other_length);
        length = smaller(smaller(length, other_length), size - done);
        uint64_t at = first_difference(bytes, other_bytes, length);
        if (at != length) {
            *where = done + at;
            return false;
        }
        done += length;
    }
    return true;
}
