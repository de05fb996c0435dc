/* SPDX-License-Identifier: Apache-2.0 */
/* Who uses a folder holds a lock on it, which the kernel takes away when the program ends, in
 * whatever way. */
#include "run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"

#define PREFIX "nagaya-run."

static const char *folder;

static const char *parent_folder(void)
{
    const char *parent = getenv("TMPDIR");

    return parent != NULL && *parent != '\0' ? parent : "/tmp";
}

/** Opens and locks a folder of ours; -1: it is somebody's, in use, or gone. */
static int lock_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat opened, named;

    if (descriptor < 0) {
        return -1;
    }
    if (fstat(descriptor, &opened) == 0 && opened.st_uid == geteuid() &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 && lstat(path, &named) == 0 &&
        named.st_ino == opened.st_ino && named.st_dev == opened.st_dev) {
        return descriptor;
    }
    close(descriptor);
    return -1;
}

/** Removes a folder with its files: there are no folders in it. */
static void remove_folder(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    rmdir(path);
}

static void remove_own(void)
{
    remove_folder(folder);
}

/** Removes what runs have left behind that were killed. */
static void remove_orphans(const char *parent)
{
    DIR *directory = opendir(parent);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0) {
            continue;
        }
        const char *path = text_format("%s/%s", parent, entry->d_name);
        int descriptor = lock_folder(path);
        if (descriptor < 0) {
            continue;
        }
        remove_folder(path);
        close(descriptor);
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

static void make_folder(void)
{
    const char *parent = parent_folder();
    bool locked = false;

    remove_orphans(parent);
    while (!locked) { /* another run may take it for an orphan before it is locked */
        char *path = text_format("%s/" PREFIX "XXXXXX", parent);

        if (mkdtemp(path) == NULL) {
            fatal("cannot make a temporary folder %s: %s", path, strerror(errno));
        }
        locked = lock_folder(path) >= 0; /* and stays so until the end */
        folder = path;
    }
    atexit(remove_own);
}

const char *run_folder_file(const char *name)
{
    if (folder == NULL) {
        make_folder();
    }
    return text_format("%s/%s", folder, name);
}
