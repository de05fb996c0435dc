/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for Linux: tries to map each range of each UIO device in each way, and says what it
 * may. A line for each:
 *
 *     NAME RANGE: read write later private      "-" for a way that is refused; "read" has read a
 * byte, too
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static bool first_line(const char *path, char *line, int room)
{
    FILE *file = fopen(path, "r");
    bool there = file != NULL && fgets(line, room, file) != NULL;

    if (file != NULL) {
        fclose(file);
    }
    line[there ? strcspn(line, "\n") : 0] = '\0';
    return there;
}

static volatile char seen;

static bool may(int device, int range, int protection, int flags)
{
    char *page = mmap(NULL, PAGE, protection, flags, device, (off_t)range * PAGE);

    if (page == MAP_FAILED) {
        return false;
    }
    if (protection == PROT_READ) {
        seen = *(volatile char *)page;
    }
    munmap(page, PAGE);
    return true;
}

/* A mapping that was made for reading can't be made writable later. */
static bool may_later(int device, int range)
{
    char *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, device, (off_t)range * PAGE);
    bool may = page != MAP_FAILED && mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0;

    if (page != MAP_FAILED) {
        munmap(page, PAGE);
    }
    return may;
}

int main(void)
{
    char path[96], name[64], range_name[64];

    for (int number = 0; number < 8; number++) {
        snprintf(path, sizeof(path), "/sys/class/uio/uio%d/name", number);
        if (!first_line(path, name, sizeof(name))) {
            continue;
        }
        snprintf(path, sizeof(path), "/dev/uio%d", number);
        int device = open(path, O_RDWR);
        for (int range = 0; device >= 0; range++) {
            snprintf(path, sizeof(path), "/sys/class/uio/uio%d/maps/map%d/name", number, range);
            if (!first_line(path, range_name, sizeof(range_name))) {
                break;
            }
            bool doorbells = strcmp(range_name, "doorbells") == 0; /* nothing is there to be read */
            printf("%s %s: %s %s %s %s\n", name, range_name,
                   may(device, range, doorbells ? PROT_NONE : PROT_READ, MAP_SHARED) ? "read" : "-",
                   may(device, range, PROT_READ | PROT_WRITE, MAP_SHARED) ? "write" : "-",
                   may_later(device, range) ? "later" : "-",
                   may(device, range, PROT_READ | PROT_WRITE, MAP_PRIVATE) ? "private" : "-");
        }
        close(device);
    }
    return 0;
}
