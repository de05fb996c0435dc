/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last line of a terminal: who has the keyboard, what the hypervisor said last, how to get
 * help. What scrolls is the lines above it (DEC private: DECSTBM); it is drawn with the cursor
 * saved and restored (DECSC, DECRC).
 */
#ifndef COMPOSER_RUN_STATUS_H
#define COMPOSER_RUN_STATUS_H

#include <stdbool.h>
#include <stdio.h>

#define STATUS_TEXT_SIZE 256

struct status {
    FILE *screen; /* NULL: there is no such line */
    unsigned rows;
    unsigned columns;
    bool changed;
    char keyboard[STATUS_TEXT_SIZE];
    char event[STATUS_TEXT_SIZE];
};

/** Takes the last line of a terminal of this size, if there is room for one. */
void status_open(struct status *status, FILE *screen, unsigned rows, unsigned columns);

/** The terminal has another size now. */
void status_resize(struct status *status, unsigned rows, unsigned columns);

void status_set_keyboard(struct status *status, const char *vm);
void status_set_event(struct status *status, const char *text);

/** Draws the line if anything in it has changed. */
void status_draw(struct status *status);

/** Gives the line back. */
void status_close(struct status *status);

#endif
