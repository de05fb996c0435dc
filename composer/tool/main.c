/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya, the host tool: finds the command and hands over to it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check_program.h"
#include "compose_command.h"
#include "data_folder.h"
#include "output_file.h"
#include "run.h"
#include "show.h"
#include "suggest_command.h"

#define NAGAYA_VERSION "0.1.0"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"compose", compose_command}, {"check", check_program_become}, {"show", show_command},
    {"run", run_command},         {"suggest", suggest_command},
};

static const char usage[] =
    "usage: nagaya [--data DIR] COMMAND ...\n"
    "\n"
    "  nagaya compose SYSTEM.yaml -o IMAGE  make the image that the machine boots from a "
    "description of the system\n"
    "  nagaya check IMAGE                   show who can reach what, and that the image is what it "
    "should be\n"
    "  nagaya show IMAGE                    show memory, cores, interrupts and devices of an "
    "image\n"
    "  nagaya run SYSTEM.yaml               compose a system and start it in QEMU\n"
    "  nagaya suggest TASK...               say which period and budget VMs need for their tasks "
    "on a shared CPU\n"
    "  nagaya COMMAND --help                what else the command takes\n"
    "\n"
    "  --data DIR   the folder with boards/, guests/, hypervisor/, linux/; else that of the "
    "program itself,\n"
    "               or ../share/nagaya beside it\n"
    "  --version    show the version\n"
    "  --help       this text\n"
    "\n"
    "Exit status: 0 done; 1 the input is wrong, or the image fails its check; 2 something else "
    "is.\n";

static int run_command_named(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[0], commands[i].name) == 0) {
            return output_end(commands[i].run(argc, argv));
        }
    }
    fprintf(stderr, "nagaya: there is no command %s; nagaya --help shows those there are\n",
            argv[0]);
    return 2;
}

int main(int argc, char **argv)
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            fputs(usage, stdout);
            return output_end(0);
        }
        if (strcmp(argv[at], "--version") == 0) {
            puts("nagaya " NAGAYA_VERSION);
            return output_end(0);
        }
        if (strncmp(argv[at], "--data=", 7) == 0) {
            data_folder_set(argv[at] + 7);
        } else if (strcmp(argv[at], "--data") == 0 && at + 1 < argc) {
            data_folder_set(argv[++at]);
        } else {
            fprintf(stderr,
                    "nagaya: option %s is not known or lacks its value; nagaya --help shows those "
                    "there are\n",
                    argv[at]);
            return 2;
        }
    }
    if (at == argc) {
        fputs(usage, stderr);
        return 2;
    }
    return run_command_named(argc - at, argv + at);
}
