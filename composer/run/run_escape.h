/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes what a VM sends apart into text and control sequences (ECMA-48), whatever pieces it comes
 * in, and says what each of them is to a terminal. A sequence is handed out when it is whole: half
 * of one on the screen would swallow what comes next.
 */
#ifndef COMPOSER_RUN_ESCAPE_H
#define COMPOSER_RUN_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#define ESCAPE_SIZE 64

enum escape_kind {
    ESCAPE_MORE, /* not whole yet */
    /* one character, tab and backspace among them; carriage return and line feed too */
    ESCAPE_TEXT,
    ESCAPE_COLOUR, /* SGR */
    /* moves the cursor, erases, shifts lines: what full-screen programs and line editors use */
    ESCAPE_SCREEN,
    ESCAPE_ASK, /* where the cursor is (8.3.35: DSR 6): the VM awaits an answer */
    /* titles, clipboards, modes, questions: nothing that a VM may do to somebody's terminal */
    ESCAPE_OTHER,
};

struct escape {
    unsigned char state;
    bool too_long;
    char bytes[ESCAPE_SIZE + 1]; /* the last sequence, with a final 0 */
    size_t size;
};

/** Takes the next byte. Unless the result is ESCAPE_MORE, @escape->bytes holds @escape->size
 * bytes of that kind. */
enum escape_kind escape_take(struct escape *escape, char byte);

/** Number @index (from 0) among the parameters of a control sequence; @otherwise where it has
 * none. */
unsigned escape_parameter(const struct escape *escape, unsigned index, unsigned otherwise);

/** Columns that the UTF-8 character at @text takes on a screen; its length in bytes goes to
 * @length. */
unsigned text_width(const char *text, size_t size, size_t *length);

#endif
