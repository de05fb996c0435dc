/* SPDX-License-Identifier: Apache-2.0 */
/* In place of linux/libnagaya/platform.c. */
#include "platform.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux_test.h"
#include "nagaya.h"

uint64_t fake_now;
void (*fake_stored)(volatile uint32_t *word, uint32_t value);

void *platform_map(int fd, unsigned map, size_t size, bool writable)
{
    char link[64], path[PATH_MAX], range[PATH_MAX + 16];
    ssize_t length;
    void *memory;
    int file;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof(path) - 1);
    if (length < 0) {
        return MAP_FAILED;
    }
    path[length] = '\0';
    snprintf(range, sizeof(range), "%s.map%u", path, map);
    file = open(range, O_RDWR);
    if (file < 0) {
        return MAP_FAILED;
    }
    memory = mmap(NULL, size, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, file, 0);
    close(file);
    return memory;
}

void platform_store(volatile uint32_t *word, uint32_t value)
{
    if (fake_stored != NULL) {
        fake_stored(word, value);
    }
}

uint64_t nagaya_counter(void)
{
    return fake_now;
}

uint64_t nagaya_counter_frequency(void)
{
    return FREQUENCY;
}
