/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl: the commands, and what they share. */
#ifndef NAGAYACTL_H
#define NAGAYACTL_H

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses. */
#define STATUS_DONE   0
#define STATUS_FAILED 1 /* it could not be done; standard error says why */
#define STATUS_USAGE  2 /* the command line makes no sense */

#define FOR_EVER (-1)

/** What stands on the command line behind the command's name. */
struct arguments {
    const char *command;
    bool json;
    bool once;
    bool follow;
    bool no_wait;
    bool no_start;
    bool discard;
    bool force;
    uint64_t count;  /* 0: not given */
    int timeout_ms;  /* FOR_EVER: not given */
    int interval_ms; /* 0: not given, as poll_ms */
    int poll_ms;
    int word_count;
    char **words;
};

/** A command: a row of the table in main.c. */
struct command {
    const char *name;
    const char *synopsis;
    const char *help;
    const char *options; /* letters of those that it takes; --json and --help go with all */
    int words_least;
    int words_most;
    int (*run)(const struct arguments *arguments);
};

/** The whole program. */
int nagayactl(int argc, char **argv);

/** Fills @arguments from the words behind the command's name; false after a message if they make
 * no sense. */
bool arguments_read(const struct command *command, int argc, char **argv,
                    struct arguments *arguments);

int list_command(const struct arguments *arguments);
int top_command(const struct arguments *arguments);
int log_command(const struct arguments *arguments);
int faults_command(const struct arguments *arguments);
int start_command(const struct arguments *arguments);
int stop_command(const struct arguments *arguments);
int restart_command(const struct arguments *arguments);
int load_command(const struct arguments *arguments);
int send_command(const struct arguments *arguments);
int recv_command(const struct arguments *arguments);
int ring_command(const struct arguments *arguments);
int pet_command(const struct arguments *arguments);

/** Says on standard error why the command fails; returns STATUS_FAILED. */
int command_fail(const struct arguments *arguments, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
