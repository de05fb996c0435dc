/* SPDX-License-Identifier: Apache-2.0 */
#include "output_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISCHR(mode)  ? "a device"
           : S_ISBLK(mode)  ? "a device"
           : S_ISFIFO(mode) ? "a pipe"
                            : "a socket";
}

/** Whether the folder that @path is in is there; says so if not. */
static bool folder_is_there(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    struct stat status;

    if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof(folder)) {
        return true;
    }
    snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
    if (stat(folder, &status) == 0 && S_ISDIR(status.st_mode)) {
        return true;
    }
    fprintf(stderr, "nagaya: cannot write %s: there is no folder %s; make it first\n", path,
            folder);
    return false;
}

bool output_file_check(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        return folder_is_there(path);
    }
    if (S_ISREG(status.st_mode)) {
        return true;
    }
    fprintf(stderr, "nagaya: cannot write %s: it is %s; give the name of a file\n", path,
            kind_of(status.st_mode));
    return false;
}

FILE *output_file_open(const char *path)
{
    FILE *file = output_file_check(path) ? fopen(path, "we") : NULL;

    if (file == NULL && errno != 0) {
        fprintf(stderr, "nagaya: cannot write %s: %s\n", path, strerror(errno));
    }
    return file;
}

int output_end(int status)
{
    int error = 0;

    if (fflush(stdout) != 0) {
        error = errno;
    }
    if (error == 0 && ferror(stdout) == 0) {
        return status;
    }
    if (error == EPIPE) { /* nobody reads any more */
        return 2;
    }
    fprintf(stderr, "nagaya: cannot write to standard output%s%s\n", error != 0 ? ": " : "",
            error != 0 ? strerror(error) : "");
    return 2;
}
