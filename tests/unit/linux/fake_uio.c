/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux_test.h"
#include "nagaya.h"

static char root[64];

static void write_file(const void *bytes, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void write_file(const void *bytes, size_t size, const char *format, ...)
{
    char path[PATH_MAX];
    va_list arguments;
    FILE *file;

    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL;
         *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0700);
    }
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

int fake_setup(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "/tmp/nagaya-unit-XXXXXX");
    assert_non_null(mkdtemp(root));
    nagaya_set_root(root);
    fake_now = 100 * FREQUENCY;
    fake_stored = NULL;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int fake_teardown(void **state)
{
    (void)state;
    nagaya_set_root("");
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fake_root(void)
{
    return root;
}

void fake_device(int number, const char *name)
{
    char path[PATH_MAX], line[128];

    snprintf(line, sizeof(line), "%s\n", name);
    write_file(line, strlen(line), "%s/sys/class/uio/uio%d/name", root, number);
    write_file("", 0, "%s/dev/uio%d", root, number);
    snprintf(path, sizeof(path), "%s/dev/uio%d", root, number);
    assert_int_equal(unlink(path) + mkfifo(path, 0600), 0);
}

void fake_property(int number, const char *name, const void *bytes, size_t size)
{
    write_file(bytes, size, "%s/sys/class/uio/uio%d/device/of_node/%s", root, number, name);
}

void fake_cell(int number, const char *name, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                             (uint8_t)value};

    fake_property(number, name, bytes, sizeof(bytes));
}

static void describe_range(int number, unsigned map, const char *what, uint64_t value)
{
    char line[32];

    snprintf(line, sizeof(line), "0x%016llx\n", (unsigned long long)value); /* as sysfs shows it */
    write_file(line, strlen(line), "%s/sys/class/uio/uio%d/maps/map%u/%s", root, number, map, what);
}

/* Stays mapped after the test: a few pages. */
void *fake_range(int number, unsigned map, uint64_t address, size_t size)
{
    char path[PATH_MAX];
    void *memory;
    int file;

    describe_range(number, map, "addr", address);
    describe_range(number, map, "size", size);
    snprintf(path, sizeof(path), "%s/dev/uio%d.map%u", root, number, map);
    file = open(path, O_RDWR | O_CREAT, 0600);
    assert_true(file >= 0 && ftruncate(file, (off_t)size) == 0);
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_true(memory != MAP_FAILED);
    close(file);
    return memory;
}

void fake_ring(int number)
{
    const uint32_t count = 1;
    char path[PATH_MAX];
    int fifo;

    snprintf(path, sizeof(path), "%s/dev/uio%d", root, number);
    fifo = open(path, O_RDWR);
    assert_int_equal(write(fifo, &count, sizeof(count)), sizeof(count));
    /* What is in a FIFO that nobody has open is lost: a ring of a doorbell that nobody has open
     * is too. */
    close(fifo);
}
