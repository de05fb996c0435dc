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
    "Composes the system, starts QEMU as its board says, and shows each VM's console with its "
    "name.\n"
    "\n"
    "  --image FILE      keep the composed image as FILE\n"
    "  --log FILE        write all that is shown to FILE as well, without colours\n"
    "  --end-when VM=TEXT  end with status 0 once that VM has shown TEXT in one line; with "
    "several: once all have.\n"
    "                    VM `hypervisor` is the hypervisor's log\n"
    "  --type VM=TEXT    type TEXT and Return when that VM shows a prompt; several, in their "
    "order, a prompt each\n"
    "  --type VM:PROMPT=TEXT  the same when its line ends with PROMPT, in which \\= stands for =\n"
    "  --put VM=FILE     put a file of yours into a Linux VM, for this run: /root/FILE\n"
    "  --put VM=FILE:/PATH  the same, as /PATH\n"
    "  --timeout SECONDS end with status 1 if it is not over by then, and show where each vCPU is\n"
    "  --exact           count instructions instead of time: the VMs' time does not depend on this "
    "machine. Slower\n"
    "  --cpu MODEL       another CPU model than the board's: cortex-a53, cortex-a72, cortex-a76, "
    "max\n"
    "  --gdb             wait for gdb on TCP port 1234 before the first instruction\n"
    "  --raw             let VMs send the terminal whatever they like; else colours, and cursor "
    "movement from the\n"
    "                    VM with the keyboard\n"
    "  --unfolded        show each line of the hypervisor's log; else what a VM does again and "
    "again is counted\n"
    "  --qemu-arg ARG    pass ARG to QEMU; may be repeated\n"
    "  --data DIR        the folder with boards/, guests/, hypervisor/, linux/\n"
    "  --help            this text\n"
    "\n"
    "Keys: Ctrl-A n next VM, Ctrl-A 1..9 that VM, Ctrl-A x end, Ctrl-A Ctrl-A the key itself, "
    "Ctrl-A h help.\n"
    "Standard input that is no terminal is typed line by line, at the prompts of the VM that has "
    "the keyboard.\n";

enum {
    OPTION_IMAGE = 256, /* above every character */
    OPTION_LOG,
    OPTION_END_WHEN,
    OPTION_TYPE,
    OPTION_TIMEOUT,
    OPTION_CPU,
    OPTION_GDB,
    OPTION_EXACT,
    OPTION_PUT,
    OPTION_RAW,
    OPTION_UNFOLDED,
    OPTION_QEMU_ARG,
    OPTION_DATA,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"image", required_argument, NULL, OPTION_IMAGE},
    {"log", required_argument, NULL, OPTION_LOG},
    {"end-when", required_argument, NULL, OPTION_END_WHEN},
    {"type", required_argument, NULL, OPTION_TYPE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"cpu", required_argument, NULL, OPTION_CPU},
    {"gdb", no_argument, NULL, OPTION_GDB},
    {"exact", no_argument, NULL, OPTION_EXACT},
    {"put", required_argument, NULL, OPTION_PUT},
    {"raw", no_argument, NULL, OPTION_RAW},
    {"unfolded", no_argument, NULL, OPTION_UNFOLDED},
    {"qemu-arg", required_argument, NULL, OPTION_QEMU_ARG},
    {"data", required_argument, NULL, OPTION_DATA},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/** Takes VM=TEXT apart at the first '=' behind @argument. */
static bool read_line(char *argument, const char *form, struct run_line *line)
{
    char *separator = strchr(argument, '=');

    if (separator == NULL || separator == argument) {
        fprintf(stderr, "nagaya run: '%s' should be %s\n", argument, form);
        return false;
    }
    *separator = '\0';
    *line = (struct run_line){.vm = argument, .text = separator + 1};
    return true;
}

/** Reads a prompt up to its '=', in place: behind a backslash, '=' and backslash are meant as
 * they are. Returns what stands behind that '=', or NULL if there is none. */
static char *read_prompt(char *prompt)
{
    char *to = prompt;

    for (char *from = prompt; *from != '\0'; from++) {
        if (*from == '=') {
            *to = '\0';
            return from + 1;
        }
        if (*from == '\\' && (from[1] == '=' || from[1] == '\\')) {
            from++;
        }
        *to++ = *from;
    }
    return NULL;
}

/** VM=TEXT or VM:PROMPT=TEXT: no VM has a colon in its name. */
static bool read_type(char *argument, struct run_line *line)
{
    static const char form[] = "VM=TEXT or VM:PROMPT=TEXT";
    size_t name = strcspn(argument, ":=");

    if (argument[name] != ':') {
        return read_line(argument, form, line);
    }

    const char *whole = text_format("%s", argument);
    char *prompt = argument + name + 1;
    char *text = read_prompt(prompt);
    if (text == NULL || name == 0 || prompt[strspn(prompt, " ")] == '\0') {
        fprintf(stderr, "nagaya run: '%s' should be %s\n", whole, form);
        return false;
    }
    argument[name] = '\0';
    *line = (struct run_line){.vm = argument, .text = text, .prompt = prompt};
    return true;
}

/** VM=FILE or VM=FILE:PATH, PATH from the root on. */
static bool read_put(char *argument, struct run_put *put)
{
    struct run_line line;

    if (!read_line(argument, "VM=FILE or VM=FILE:/PATH", &line)) {
        return false;
    }

    char *file = argument + strlen(argument) + 1;
    char *path = NULL;
    for (char *at = file; (at = strstr(at, ":/")) != NULL; at++) {
        path = at;
    }
    if (path != NULL) {
        *path++ = '\0';
    }
    if (*file == '\0' || (path != NULL && (path[1] == '\0' || path[strlen(path) - 1] == '/'))) {
        fprintf(stderr,
                "nagaya run: --put %s=%s%s%s: name a file, and behind a colon its whole path in "
                "the VM\n",
                line.vm, file, path != NULL ? ":" : "", path != NULL ? path : "");
        return false;
    }
    *put = (struct run_put){.vm = line.vm, .file = file, .path = path};
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
        return read_line(argument, "VM=TEXT",
                         ARRAY_ADD(options->end_when, options->end_when_count));
    case OPTION_TYPE:
        return read_type(argument, ARRAY_ADD(options->type, options->type_count));
    case OPTION_TIMEOUT:
        return read_timeout(argument, &options->timeout);
    case OPTION_CPU:
        options->cpu = argument;
        return true;
    case OPTION_GDB:
        options->gdb = true;
        return true;
    case OPTION_EXACT:
        options->exact = true;
        return true;
    case OPTION_PUT:
        return read_put(argument, ARRAY_ADD(options->put, options->put_count));
    case OPTION_RAW:
        options->raw = true;
        return true;
    case OPTION_UNFOLDED:
        options->unfolded = true;
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
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!take_option(option, optarg, options)) {
            return false;
        }
    }
    if (options->help) {
        return true;
    }
    if (optind != argc - 1) {
        fputs(usage, stderr);
        return false;
    }
    options->system = argv[optind];
    return true;
}
