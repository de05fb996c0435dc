/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `nagaya run`. */
#include "run_options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_folder.h"
#include "memory.h"

static const char usage[] =
    "usage: nagaya run [options] SYSTEM.yaml\n"
    "\n"
    "Composes the system, starts QEMU as its board says, and shows each VM's console with its name.\n"
    "\n"
    "  --image FILE      keep the composed image as FILE\n"
    "  --log FILE        write all that is shown to FILE as well, without colours\n"
    "  --end-when VM=TEXT  end with status 0 once that VM has shown TEXT in one line; with several: once all have.\n"
    "                    VM `hypervisor` is the hypervisor's log\n"
    "  --type VM=TEXT    type TEXT and Return when that VM shows a prompt; several, in their order, a prompt each\n"
    "  --timeout SECONDS end with status 1 if it is not over by then\n"
    "  --cpu MODEL       another CPU model than the board's: cortex-a53, cortex-a72, cortex-a76, max\n"
    "  --gdb             wait for gdb on TCP port 1234 before the first instruction\n"
    "  --qemu-arg ARG    pass ARG to QEMU; may be repeated\n"
    "  --data DIR        the folder with boards/, guests/, hypervisor/, linux/\n"
    "  --help            this text\n"
    "\n"
    "Keys: Ctrl-A n next VM, Ctrl-A 1..9 that VM, Ctrl-A x end, Ctrl-A Ctrl-A the key itself, Ctrl-A h help.\n";

enum {
    OPTION_IMAGE = 256, /* above every character */
    OPTION_LOG,
    OPTION_END_WHEN,
    OPTION_TYPE,
    OPTION_TIMEOUT,
    OPTION_CPU,
    OPTION_GDB,
    OPTION_QEMU_ARG,
    OPTION_DATA,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"image",    required_argument, NULL, OPTION_IMAGE   },
    {"log",      required_argument, NULL, OPTION_LOG     },
    {"end-when", required_argument, NULL, OPTION_END_WHEN},
    {"type",     required_argument, NULL, OPTION_TYPE    },
    {"timeout",  required_argument, NULL, OPTION_TIMEOUT },
    {"cpu",      required_argument, NULL, OPTION_CPU     },
    {"gdb",      no_argument,       NULL, OPTION_GDB     },
    {"qemu-arg", required_argument, NULL, OPTION_QEMU_ARG},
    {"data",     required_argument, NULL, OPTION_DATA    },
    {"help",     no_argument,       NULL, OPTION_HELP    },
    {NULL,       0,                 NULL, 0              },
};

static bool read_line(char *argument, struct run_line *line)
{
    char *separator = strchr(argument, '=');

    if (separator == NULL || separator == argument) {
        fprintf(stderr, "nagaya run: '%s' should be VM=TEXT\n", argument);
        return false;
    }
    *separator = '\0';
    *line = (struct run_line){.vm = argument, .text = separator + 1};
    return true;
}

static bool read_timeout(const char *argument, unsigned *timeout)
{
    char *end;
    unsigned long seconds = strtoul(argument, &end, 10);

    if (*argument < '0' || *argument > '9' || *end != '\0' || seconds == 0 || seconds > 1000000) {
        fprintf(stderr, "nagaya run: --timeout %s: write a number of seconds\n", argument);
        return false;
    }
    *timeout = (unsigned)seconds;
    return true;
}

static bool take_option(int option, char *argument, struct run_options *options)
{
    switch (option) {
    case OPTION_IMAGE:
        options->image = argument;
        return true;
    case OPTION_LOG:
        options->log = argument;
        return true;
    case OPTION_END_WHEN:
        return read_line(argument, ARRAY_ADD(options->end_when, options->end_when_count));
    case OPTION_TYPE:
        return read_line(argument, ARRAY_ADD(options->type, options->type_count));
    case OPTION_TIMEOUT:
        return read_timeout(argument, &options->timeout);
    case OPTION_CPU:
        options->cpu = argument;
        return true;
    case OPTION_GDB:
        options->gdb = true;
        return true;
    case OPTION_QEMU_ARG:
        *ARRAY_ADD(options->qemu_arguments, options->qemu_argument_count) = argument;
        return true;
    case OPTION_DATA:
        data_folder_set(argument);
        return true;
    case OPTION_HELP:
        fputs(usage, stdout);
        options->help = true;
        return true;
    default:
        fputs("nagaya run --help shows what there is\n", stderr);
        return false;
    }
}

bool run_options_read(int argc, char **argv, struct run_options *options)
{
    int option;

    *options = (struct run_options){0};
    optind = 0; /* main may have used getopt before (getopt(3)) */
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        if (!take_option(option, optarg, options))
            return false;
    if (options->help)
        return true;
    if (optind != argc - 1) {
        fputs(usage, stderr);
        return false;
    }
    options->system = argv[optind];
    return true;
}
