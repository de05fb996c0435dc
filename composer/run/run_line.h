/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line that a VM is writing, twice: as the screen gets it, with colours and what moves the
 * cursor, and as it reads in the end, with what was erased erased: for --end-when, for prompts and
 * for the log file.
 */
#ifndef COMPOSER_RUN_LINE_H
#define COMPOSER_RUN_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "run_escape.h"

#define LINE_SIZE_MAX 4096

struct line {
    char screen[LINE_SIZE_MAX]; /* both always with a final 0 */
    size_t screen_size;
    char text[LINE_SIZE_MAX];
    size_t text_size;
    size_t at; /* where the cursor is in the text */
};

void line_clear(struct line *line);

/** Whether more can be added. */
bool line_has_room(const struct line *line);

/** Adds what goes to the screen. */
void line_show(struct line *line, const char *bytes, size_t size);

/** Adds a character to the text, where the cursor is; a backspace moves the cursor. */
void line_write(struct line *line, const struct escape *escape);

/** Does to the text what a sequence of kind ESCAPE_SCREEN does within a line. */
void line_edit(struct line *line, const struct escape *escape);

#endif
