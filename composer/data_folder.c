/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the data folder from the place of the program itself. */
#include "data_folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"

static const char *folder;

static bool folder_has_boards(const char *candidate)
{
    struct stat status;

    return stat(text_format("%s/boards", candidate), &status) == 0 && S_ISDIR(status.st_mode);
}

static const char *folder_of_program(void)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    if (length <= 0)
        fatal("cannot find out where nagaya itself lies (/proc/self/exe); give --data DIR");
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    return text_format("%s", program);
}

void data_folder_set(const char *given)
{
    folder = given;
}

const char *data_folder_find(void)
{
    if (folder == NULL) {
        const char *program = folder_of_program();
        const char *installed = text_format("%s/../share/nagaya", program);

        folder = folder_has_boards(program) ? program : folder_has_boards(installed) ? installed : NULL;
    }
    return folder;
}

const char *data_folder(void)
{
    if (data_folder_find() == NULL)
        fatal("no data folder: neither %s nor ../share/nagaya beside it has boards/; run make, or give --data DIR",
              folder_of_program());
    return folder;
}

const char *data_path(const char *name)
{
    return text_format("%s/%s", data_folder(), name);
}
