/* SPDX-License-Identifier: Apache-2.0 */
/* Composing: front end, back end, check, in this order. */
#include "compose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_program.h"
#include "data_path.h"
#include "diagnostics.h"
#include "image_write.h"
#include "layout_make.h"
#include "system_read.h"

/* Only the debug engine can print: docs/decisions/0011. */
const char *compose_engine(const struct system *system)
{
    return data_path(system_engine(system, system->has_console));
}

static bool make_image(const char *output, struct system *system)
{
    static struct layout layout;

    return layout_make(system, &layout) &&
           image_write(system, &layout, compose_engine(system), output);
}

/* Whatever else -o names (a device, a pipe) is not ours to remove. */
static void remove_image(const char *output)
{
    struct stat status;

    if (lstat(output, &status) == 0 && S_ISREG(status.st_mode)) {
        unlink(output);
    }
}

/* The image is read back and checked by a program that knows nothing of how it was made.
 * @system_file: NULL if it has something else in it than that file says. */
static bool image_holds(const char *output, const struct system *system, const char *system_file)
{
    const char *arguments[CHECK_ARGUMENTS_MAX] = {"--quiet", "--engine", compose_engine(system),
                                                  "--board", system->board.folder};
    size_t count = 5;

    if (system_file != NULL) {
        arguments[count++] = "--system";
        arguments[count++] = system_file;
    }
    arguments[count++] = "--";
    arguments[count] = output;
    if (check_program_run(arguments, false) == 0) {
        return true;
    }
    remove_image(output);
    fprintf(stderr,
            "nagaya: %s failed its check and was removed; this is a defect of nagaya, please "
            "report it\n",
            output);
    return false;
}

bool compose_read(const char *file, const char *output, struct system *system)
{
    if (system_read(file, data_folder(), system) && error_count() == 0) {
        return true;
    }
    layout_look(system); /* for mistakes further on */
    errors_print();
    remove_image(output); /* one of an earlier run would be taken for this one's */
    return false;
}

bool compose_image(const char *output, struct system *system, bool changed)
{
    bool made = make_image(output, system) && error_count() == 0;

    errors_print();
    if (!made) {
        remove_image(output);
    }
    return made && image_holds(output, system, changed ? NULL : system->file);
}

bool compose_system(const char *file, const char *output, struct system *system)
{
    return compose_read(file, output, system) && compose_image(output, system, false);
}

bool compose_can_read(const char *file)
{
    struct stat status;

    errno = 0;
    if (stat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
    }
    if (errno == 0 && access(file, R_OK) == 0) {
        return true;
    }
    fprintf(stderr, "%s: cannot be read: %s\n", file, strerror(errno));
    return false;
}
