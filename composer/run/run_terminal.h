/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen: lines of several speakers, each with the speaker's name before it.
 *
 * A speaker may begin a line and end it later (a prompt). If another one speaks in between, the
 * begun line is ended on the screen and shown anew, as a whole, when its speaker goes on. On a
 * terminal, what does not fit beside the name goes on in the next row, under its beginning.
 */
#ifndef COMPOSER_RUN_TERMINAL_H
#define COMPOSER_RUN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "run_line.h"
#include "run_status.h"

/** Somebody with a name: a VM, the hypervisor, nagaya itself, QEMU. */
struct speaker {
    const char *name;
    const char *colour; /* escape sequence */
};

struct terminal {
    FILE *screen;
    bool escapes; /* it is a terminal, and knows ECMA-48's sequences */
    bool colours; /* and they may have colours */
    bool raw;     /* VMs write to it as they like */
    bool answers; /* somebody sits there: its size means something to VMs */
    int name_width;
    unsigned rows; /* of the window; 0: not known */
    unsigned columns;
    FILE *transcript; /* or NULL */
    /* who has begun the line that the cursor stands in; NULL: a new line */
    const struct speaker *begun;
    unsigned column;            /* of the cursor, behind the name */
    unsigned wrapped;           /* rows that the line has begun besides its first one */
    const struct speaker *cuts; /* who has asked the terminal to cut long lines; or NULL */
    /* the VM moves the cursor itself: no counting of columns in this line */
    bool loose;
    const char *text_colour;
    struct status status;
};

/** Prepares the screen: colours if it is a terminal. @transcript: file name or NULL. False after
 * it said what went wrong. */
bool terminal_open(struct terminal *terminal, FILE *screen, int name_width, const char *transcript);

/** The window may have another size now. */
void terminal_resize(struct terminal *terminal);

/** Rows and columns that a VM has. */
unsigned terminal_rows(const struct terminal *terminal);
unsigned terminal_columns(const struct terminal *terminal);

/** Columns of a line's text up to the cursor. */
unsigned terminal_text_columns(const struct line *line);

/** Shows a whole line. @shown: how many bytes of it are on the screen already, if its speaker has
 * begun it. */
void terminal_line(struct terminal *terminal, const struct speaker *speaker,
                   const struct line *line, size_t shown);

/** Shows the beginning of a line. @shown as above. */
void terminal_begin(struct terminal *terminal, const struct speaker *speaker,
                    const struct line *line, size_t shown);

/** The line that @speaker has begun starts again (a carriage return). */
void terminal_restart(struct terminal *terminal, const struct speaker *speaker);

/** A line as printf makes it. */
void terminal_say(struct terminal *terminal, const struct speaker *speaker, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The same of something that must not be: in red, where there are colours. */
void terminal_warn(struct terminal *terminal, const struct speaker *speaker, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/** Ends a begun line and closes the transcript. False if not all of that could be written. */
bool terminal_close(struct terminal *terminal);

#endif
