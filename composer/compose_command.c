/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya compose: front end, back end, check, in this order. */
#include "compose.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "data_folder.h"
#include "diagnostics.h"
#include "output_file.h"

static const char usage[] =
    "usage: nagaya compose [--data DIR] SYSTEM.yaml -o IMAGE\n"
    "\n"
    "Reads the system, its board's device tree and the VMs' images, makes the image that the machine boots, and\n"
    "checks it. Mistakes are shown as file:line: what is wrong; what to do. Then there is no IMAGE.\n"
    "\n"
    "  -o, --output IMAGE  where the image goes\n"
    "  --data DIR          the folder with boards/, guests/, hypervisor/, linux/\n"
    "  --help              this text\n";

enum {
    OPTION_DATA = 256,
    OPTION_HELP,
};
static const struct option options[] = {
    {"output", required_argument, NULL, 'o'        },
    {"data",   required_argument, NULL, OPTION_DATA},
    {"help",   no_argument,       NULL, OPTION_HELP},
    {NULL,     0,                 NULL, 0          },
};

/* Only the debug engine can print: docs/decisions/0011. */
const char *compose_engine(const struct system *system)
{
    return data_path(system->has_console ? "hypervisor/arm64-debug.elf" : "hypervisor/arm64.elf");
}

static bool make_image(const char *output, struct system *system)
{
    static struct layout layout;

    return layout_make(system, &layout) && image_write(system, &layout, compose_engine(system), output);
}

/* Whatever else -o names (a device, a pipe) is not ours to remove. */
static void remove_image(const char *output)
{
    struct stat status;

    if (lstat(output, &status) == 0 && S_ISREG(status.st_mode))
        unlink(output);
}

/* The image is read back and checked by code that knows nothing of how it was made. @system_file: NULL if it has
 * something else in it than that file says. */
static bool image_holds(const char *output, const struct system *system, const char *system_file)
{
    const struct check_against against = {
        .engine = compose_engine(system),
        .board = system->board.folder,
        .system = system_file,
        .data = data_folder(),
    };

    if (check_image(output, &against, true) == CHECK_HOLDS)
        return true;
    remove_image(output);
    fprintf(stderr, "nagaya: %s failed its check and was removed; this is a defect of nagaya, please report it\n",
            output);
    return false;
}

bool compose_read(const char *file, const char *output, struct system *system)
{
    if (system_read(file, data_folder(), system) && mistake_count() == 0)
        return true;
    layout_look(system); /* for mistakes further on */
    mistakes_print();
    remove_image(output); /* one of an earlier run would be taken for this one's */
    return false;
}

bool compose_image(const char *output, struct system *system, bool changed)
{
    bool made = make_image(output, system) && mistake_count() == 0;

    mistakes_print();
    if (!made)
        remove_image(output);
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
    if (stat(file, &status) == 0 && S_ISDIR(status.st_mode))
        errno = EISDIR;
    if (errno == 0 && access(file, R_OK) == 0)
        return true;
    fprintf(stderr, "%s: cannot be read: %s\n", file, strerror(errno));
    return false;
}

int compose_command(int argc, char **argv)
{
    static struct system system;
    const char *output = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (option == 'o')
            output = optarg;
        else if (option == OPTION_DATA)
            data_folder_set(optarg);
        else if (option == OPTION_HELP)
            return fputs(usage, stdout) < 0 ? 2 : 0;
        else
            return 2; /* getopt has said why */
    }
    if (optind + 1 != argc || output == NULL) {
        fprintf(stderr, "nagaya compose: one SYSTEM.yaml and -o IMAGE are needed\n%s", usage);
        return 2;
    }
    if (strcmp(argv[optind], output) == 0) {
        fprintf(stderr, "nagaya compose: %s would overwrite the system that it is made from\n", output);
        return 2;
    }
    if (!output_file_check(output) || !compose_can_read(argv[optind]))
        return 2;
    return compose_system(argv[optind], output, &system) ? 0 : 1;
}
