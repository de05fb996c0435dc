/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port of the machine, or whatever else sends bytes: makes lines of them. */
#ifndef COMPOSER_RUN_CONSOLE_H
#define COMPOSER_RUN_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run_escape.h"
#include "run_line.h"
#include "run_script.h"
#include "run_terminal.h"

#define CONSOLE_QUEUE_SIZE 65536

struct console {
    struct speaker speaker;
    bool input;     /* takes what is typed */
    bool keyboard;  /* and has the keyboard */
    int descriptor; /* -1: closed */
    struct escape escape;
    struct line line;
    size_t shown;         /* bytes of it that have been on the screen */
    bool carriage_return; /* the last byte was one */
    bool answered;        /* something was typed at this line already */
    bool spoken;          /* anything has come at all */
    int64_t changed;      /* when the last byte came, ms */
    unsigned row;         /* where the VM has put the cursor last, from 1; 0: it just writes */
    unsigned column;
    char queue[CONSOLE_QUEUE_SIZE]; /* for the VM */
    size_t queued;
};

/** What consoles share. */
struct console_output {
    struct terminal *terminal;
    struct script *script;
};

void console_open(struct console *console, const char *name, const char *colour, int descriptor,
                  bool input);

/** Takes @size bytes that the VM has written. */
void console_take(struct console *console, const struct console_output *output, const char *bytes,
                  size_t size, int64_t now);

/** Takes what has come; false if nothing had. Closes the console at its end. */
bool console_read(struct console *console, const struct console_output *output, int64_t now);

/** Shows a line that has been left unfinished, and types at a prompt; called every few
 * milliseconds. */
void console_tick(struct console *console, const struct console_output *output, int64_t now);

/** Shows what is left of a line. */
void console_finish(struct console *console, const struct console_output *output);

/** Sends @size bytes to the VM, now or when it takes them; what it does not take for long is
 * lost. */
void console_send(struct console *console, const char *bytes, size_t size);

/** Goes on sending. */
void console_write(struct console *console);

#endif
