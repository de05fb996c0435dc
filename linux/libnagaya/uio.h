/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UIO devices of the module nagaya_uio: found by name, their ranges mapped, their device tree node
 * read (Linux: Documentation/driver-api/uio-howto.rst).
 */
#ifndef LIBNAGAYA_UIO_H
#define LIBNAGAYA_UIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UIO_NAME_SIZE 64
#define UIO_MAPS      4

struct uio_device {
    int number; /* of /dev/uioN */
    int fd;
    uint32_t events; /* rings that a wait has told of */
    void *maps[UIO_MAPS];
    uint64_t addresses[UIO_MAPS]; /* of the ranges, as this VM sees memory */
    size_t sizes[UIO_MAPS];
};

/** Calls @each with the name of every UIO device, as long as it returns true; false without UIO. */
bool uio_each(bool (*each)(const char *name, int number, void *context), void *context);

enum uio_found {
    UIO_OPEN = 0,
    UIO_NO_SUCH_DEVICE = 1, /* the caller knows better than we what that means */
    UIO_FAILED = 2,         /* nagaya_error() says why */
};

/** Opens the device @name. */
enum uio_found uio_open(const char *name, struct uio_device *device);
void uio_close(struct uio_device *device);

/** Maps range @map as a whole; its address, or NULL. */
void *uio_map(struct uio_device *device, unsigned map, bool writable);

/** Waits for the device's interrupt; enum nagaya_wait, of a failure errno tells. */
int uio_wait(struct uio_device *device, int timeout_ms);

/** Reads a property of the device's node into @bytes; its length, or -1 if there is none or it is
 * longer than @room. */
int uio_property(const struct uio_device *device, const char *name, void *bytes, size_t room);

/** A property of one 32-bit cell. */
bool uio_cell(const struct uio_device *device, const char *name, uint32_t *value);

#endif
