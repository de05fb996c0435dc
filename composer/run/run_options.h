/* SPDX-License-Identifier: Apache-2.0 */
/* What the user of `nagaya run` asked for. */
#ifndef COMPOSER_RUN_OPTIONS_H
#define COMPOSER_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/** VM=TEXT, or VM:PROMPT=TEXT */
struct run_line {
    const char *vm;
    const char *text;
    const char *prompt; /* or NULL: whatever looks like one */
};

/** VM=FILE, or VM=FILE:PATH */
struct run_put {
    const char *vm;
    const char *file;
    const char *path; /* in the VM, absolute; or NULL: /root/ and the file's name */
};

struct run_options {
    const char *system;
    const char *image; /* or NULL: a temporary file */
    const char *log;   /* or NULL */
    const char *cpu;   /* or NULL: the board's */
    struct run_line *end_when;
    size_t end_when_count;
    struct run_line *type;
    size_t type_count;
    struct run_put *put;
    size_t put_count;
    const char **qemu_arguments;
    size_t qemu_argument_count;
    unsigned timeout; /* seconds, 0: none */
    bool gdb;
    bool exact;    /* the machine counts instructions instead of time */
    bool raw;      /* VMs write to the terminal as they like */
    bool unfolded; /* each line of the hypervisor's log is shown */
    bool help;     /* was shown; nothing more to do */
};

/** Reads the command line; @argv[0] is the command's name. False after it said what is wrong. */
bool run_options_read(int argc, char **argv, struct run_options *options);

#endif
