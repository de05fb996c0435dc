/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files, and unpacks gzip'd ones (file_read.h). */
#include "file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* next_in is a pointer to const, as it should be */
#define ZLIB_CONST
#include <zlib.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"

#define UNPACK_STEP (1U << 20)

static bool read_whole(int descriptor, uint8_t *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = read(descriptor, bytes + done, size - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

bool file_read(struct source_location location, const char *what, const char *path,
               struct file_bytes *file)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        error(location, "%s '%s' cannot be read: %s; check the path", what, path, strerror(errno));
        if (descriptor >= 0) {
            close(descriptor);
        }
        return false;
    }

    bool sound = false;
    if (!S_ISREG(status.st_mode)) {
        error(location, "%s '%s' is not a file; give the path of one", what, path);
    } else if (status.st_size == 0) {
        error(location, "%s '%s' is empty; make it again", what, path);
    } else {
        uint8_t *bytes = memory_new((size_t)status.st_size, 1);
        *file = (struct file_bytes){.bytes = bytes, .size = (size_t)status.st_size};
        sound = read_whole(descriptor, bytes, file->size);
        if (!sound) {
            error(location, "%s '%s' cannot be read to its end; check the file", what, path);
        }
    }
    close(descriptor);
    return sound;
}

/* Unpacks into a growing buffer until the stream ends, more than @limit comes out or it is
 * damaged. */
static int unpack(const struct file_bytes *packed, uint64_t limit, struct file_bytes *unpacked)
{
    z_stream stream = {0};
    uint8_t *bytes = NULL;
    size_t room = 0, size = 0, fed = 0;
    int status = inflateInit2(&stream, 15 + 16); /* the largest window; a gzip header */

    while (status == Z_OK && size <= limit) {
        if (stream.avail_in == 0) {
            size_t step = packed->size - fed < UNPACK_STEP ? packed->size - fed : UNPACK_STEP;
            stream.next_in = packed->bytes + fed;
            stream.avail_in = (uInt)step;
            fed += step;
        }
        if (size == room) {
            room = room == 0 ? 4 * UNPACK_STEP : 2 * room;
            bytes = realloc(bytes, room);
            if (bytes == NULL) {
                fatal("out of memory");
            }
        }
        size_t step = room - size < UNPACK_STEP ? room - size : UNPACK_STEP;
        stream.next_out = bytes + size;
        stream.avail_out = (uInt)step;
        status = inflate(&stream, Z_NO_FLUSH);
        size += step - stream.avail_out;
    }
    inflateEnd(&stream);
    *unpacked = (struct file_bytes){.bytes = bytes, .size = size};
    return status;
}

bool file_unpack(struct source_location location, const char *what, const char *path,
                 uint64_t limit, struct file_bytes *file)
{
    struct file_bytes unpacked;

    if (file->size < 2 || file->bytes[0] != 0x1f || file->bytes[1] != 0x8b) {
        return true;
    }

    int status = unpack(file, limit, &unpacked);
    if (unpacked.size > limit) {
        error(location,
              "%s '%s' unpacks to more than %s, which is more than the VM's memory; give it more "
              "memory",
              what, path, room_in_words(limit).text);
        return false;
    }
    if (status != Z_STREAM_END) {
        error(location, "%s '%s' is a damaged or cut off gzip file; make it again", what, path);
        return false;
    }
    if (unpacked.size == 0) {
        error(location, "%s '%s' unpacks to nothing; make it again", what, path);
        return false;
    }
    *file = unpacked;
    return true;
}
