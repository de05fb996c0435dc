/* SPDX-License-Identifier: Apache-2.0 */
#include "uio.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "nagaya.h"
#include "platform.h"

static const char *root = "";

void nagaya_set_root(const char *folder)
{
    root = folder;
}

static const char *path_of(char path[PATH_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *path_of(char path[PATH_MAX], const char *format, ...)
{
    va_list arguments;
    int used = snprintf(path, PATH_MAX, "%s", root);

    va_start(arguments, format);
    if (used >= 0 && used < PATH_MAX) {
        vsnprintf(path + used, (size_t)(PATH_MAX - used), format, arguments);
    }
    va_end(arguments);
    return path;
}

/* The contents of a file; how many bytes, or -1 if it can't be read or is longer. */
static int read_file(const char *path, void *bytes, size_t room)
{
    FILE *file = fopen(path, "re");
    size_t size;
    bool whole;

    if (file == NULL) {
        return -1;
    }
    size = fread(bytes, 1, room, file);
    whole = ferror(file) == 0 && fgetc(file) == EOF;
    fclose(file);
    return whole ? (int)size : -1;
}

/* One line of sysfs without its end. */
static bool read_line(const char *path, char *line, size_t room)
{
    int size = read_file(path, line, room - 1);

    if (size < 0) {
        return false;
    }
    line[size] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool read_number(const char *path, uint64_t *value)
{
    char line[32];
    char *end;

    if (!read_line(path, line, sizeof(line)) || !isdigit((unsigned char)line[0])) {
        return false;
    }
    errno = 0;
    *value = strtoull(line, &end, 0);
    return errno == 0 && *end == '\0';
}

bool uio_each(bool (*each)(const char *name, int number, void *context), void *context)
{
    char path[PATH_MAX];
    DIR *folder = opendir(path_of(path, "/sys/class/uio"));
    const struct dirent *entry;

    if (folder == NULL) {
        return nagaya_fail("there is no /sys/class/uio: the kernel module nagaya_uio is not "
                           "loaded; load uio.ko, then "
                           "nagaya_uio.ko (insmod)");
    }
    while ((entry = readdir(folder)) != NULL) {
        char name[UIO_NAME_SIZE];
        char *end;
        long number;

        if (strncmp(entry->d_name, "uio", 3) != 0 || !isdigit((unsigned char)entry->d_name[3])) {
            continue;
        }
        number = strtol(entry->d_name + 3, &end, 10);
        if (*end == '\0' && number < INT_MAX &&
            read_line(path_of(path, "/sys/class/uio/%s/name", entry->d_name), name, sizeof(name)) &&
            !each(name, (int)number, context)) {
            break;
        }
    }
    closedir(folder);
    return true;
}

struct search {
    const char *name;
    int number;
};

static bool compare_name(const char *name, int number, void *context)
{
    struct search *search = context;

    if (strcmp(name, search->name) == 0) {
        search->number = number;
    }
    return search->number < 0;
}

enum uio_found uio_open(const char *name, struct uio_device *device)
{
    struct search search = {name, -1};
    char path[PATH_MAX];

    *device = (struct uio_device){.number = -1, .fd = -1};
    if (!uio_each(compare_name, &search)) {
        return UIO_FAILED;
    }
    if (search.number < 0) {
        return UIO_NO_SUCH_DEVICE;
    }
    device->number = search.number;
    for (unsigned map = 0; map < UIO_MAPS; map++) {
        uint64_t size, address;

        if (!read_number(path_of(path, "/sys/class/uio/uio%d/maps/map%u/size", search.number, map),
                         &size) ||
            !read_number(path_of(path, "/sys/class/uio/uio%d/maps/map%u/addr", search.number, map),
                         &address)) {
            break;
        }
        device->addresses[map] = address;
        device->sizes[map] = size;
    }
    device->fd = open(path_of(path, "/dev/uio%d", search.number), O_RDWR | O_CLOEXEC);
    if (device->fd >= 0) {
        return UIO_OPEN;
    }
    nagaya_fail("%s (%s) can't be opened: %s%s", path, name, strerror(errno),
                errno == EACCES || errno == EPERM
                    ? "; only root may, unless the file's permissions are changed"
                    : "");
    return UIO_FAILED;
}

void uio_close(struct uio_device *device)
{
    for (unsigned map = 0; map < UIO_MAPS; map++) {
        if (device->maps[map] != NULL) {
            munmap(device->maps[map], device->sizes[map]);
        }
    }
    if (device->fd >= 0) {
        close(device->fd);
    }
    *device = (struct uio_device){.number = -1, .fd = -1};
}

void *uio_map(struct uio_device *device, unsigned map, bool writable)
{
    void *memory;

    if (device->sizes[map] == 0) {
        nagaya_fail("/dev/uio%d has no range %u", device->number, map);
        return NULL;
    }
    memory = platform_map(device->fd, map, device->sizes[map], writable);
    if (memory == MAP_FAILED) {
        nagaya_fail("range %u of /dev/uio%d can't be mapped: %s", map, device->number,
                    strerror(errno));
        return NULL;
    }
    device->maps[map] = memory;
    return memory;
}

int uio_wait(struct uio_device *device, int timeout_ms)
{
    struct pollfd poll_for = {.fd = device->fd, .events = POLLIN};
    int ready;

    do {
        ready = poll(&poll_for, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        return NAGAYA_TIMED_OUT;
    }
    if (ready > 0 && read(device->fd, &device->events, sizeof(device->events)) ==
                         (ssize_t)sizeof(device->events)) {
        return NAGAYA_RUNG;
    }
    return NAGAYA_WAIT_FAILED;
}

int uio_property(const struct uio_device *device, const char *name, void *bytes, size_t room)
{
    char path[PATH_MAX];

    return read_file(path_of(path, "/sys/class/uio/uio%d/device/of_node/%s", device->number, name),
                     bytes, room);
}

/* Cells are big-endian (Devicetree Specification 0.4, 2.2.4). */
bool uio_cell(const struct uio_device *device, const char *name, uint32_t *value)
{
    uint8_t bytes[4];

    if (uio_property(device, name, bytes, sizeof(bytes)) != sizeof(bytes)) {
        return nagaya_fail("the device tree's node of /dev/uio%d has no proper %s", device->number,
                           name);
    }
    *value =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}
