/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya compose: the command. */
#include "compose_command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "compose.h"
#include "data_folder.h"
#include "output_file.h"

static const char usage[] =
    "usage: nagaya compose [--data DIR] SYSTEM.yaml -o IMAGE\n"
    "\n"
    "Reads the system, its board's device tree and the VMs' images, makes the image that the "
    "machine boots, and\n"
    "checks it. Mistakes are shown as file:line: what is wrong; what to do. Then there is no "
    "IMAGE.\n"
    "\n"
    "  -o, --output IMAGE  where the image goes\n"
    "  --data DIR          the folder with boards/, guests/, hypervisor/, linux/\n"
    "  --help              this text\n";

enum {
    OPTION_DATA = 256,
    OPTION_HELP,
};
static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"data", required_argument, NULL, OPTION_DATA},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

int compose_command(int argc, char **argv)
{
    static struct system system;
    const char *output = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (option == 'o') {
            output = optarg;
        } else if (option == OPTION_DATA) {
            data_folder_set(optarg);
        } else if (option == OPTION_HELP) {
            return fputs(usage, stdout) < 0 ? 2 : 0;
        } else {
            return 2; /* getopt has said why */
        }
    }
    if (optind + 1 != argc || output == NULL) {
        fprintf(stderr, "nagaya compose: one SYSTEM.yaml and -o IMAGE are needed\n%s", usage);
        return 2;
    }
    if (strcmp(argv[optind], output) == 0) {
        fprintf(stderr, "nagaya compose: %s would overwrite the system that it is made from\n",
                output);
        return 2;
    }
    if (!output_file_check(output) || !compose_can_read(argv[optind])) {
        return 2;
    }
    return compose_system(argv[optind], output, &system) ? 0 : 1;
}
