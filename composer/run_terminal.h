/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen: lines of several speakers, each with the speaker's name before it.
 *
 * A speaker may begin a line and end it later (a prompt). If another one speaks in between, the begun line
 * is ended on the screen and shown anew, as a whole, when its speaker goes on.
 */
#ifndef COMPOSER_RUN_TERMINAL_H
#define COMPOSER_RUN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Somebody with a name: a VM, the hypervisor, nagaya itself, QEMU. */
struct speaker {
    const char *name;
    const char *colour; /* escape sequence */
};

struct terminal {
    FILE *screen;
    bool colours;
    int name_width;
    FILE *transcript;            /* or NULL */
    const struct speaker *begun; /* who has begun the line that the cursor stands in; NULL: a new line */
};

/** Prepares the screen: colours if it is a terminal. @transcript: file name or NULL. False after it said what went
 * wrong. */
bool terminal_open(struct terminal *terminal, FILE *screen, int name_width, const char *transcript);

/** Shows a whole line. @shown: how many bytes of it are on the screen already, if its speaker has begun it. */
void terminal_line(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                   size_t shown);

/** Shows the beginning of a line. @shown as above. */
void terminal_begin(struct terminal *terminal, const struct speaker *speaker, const char *text, size_t size,
                    size_t shown);

/** The line that @speaker has begun starts again (a carriage return). */
void terminal_restart(struct terminal *terminal, const struct speaker *speaker);

/** A line as printf makes it. */
void terminal_say(struct terminal *terminal, const struct speaker *speaker, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Ends a begun line and closes the transcript. */
void terminal_close(struct terminal *terminal);

#endif
