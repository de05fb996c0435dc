/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the data folder from the place of the program itself. */
#include "data_folder.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *given_folder;
static const char *folder;

static bool folder_has_boards(const char *candidate)
{
    char path[PATH_MAX + sizeof("/boards")];
    struct stat status;

    snprintf(path, sizeof(path), "%s/boards", candidate);
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *data_folder_of_program(void)
{
    static char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (length <= 0) {
        return NULL;
    }
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    return program;
}

void data_folder_set(const char *given)
{
    given_folder = given;
    folder = given;
}

const char *data_folder_given(void)
{
    return given_folder;
}

const char *data_folder_find(void)
{
    static char installed[PATH_MAX + sizeof("/../share/nagaya")];
    const char *program = data_folder_of_program();

    if (folder != NULL || program == NULL) {
        return folder;
    }
    snprintf(installed, sizeof(installed), "%s/../share/nagaya", program);
    folder = folder_has_boards(program) ? program : folder_has_boards(installed) ? installed : NULL;
    return folder;
}
