/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mistakes in the user's input. Each is one line on standard error, `file:line: what is wrong; what
 * to do`. All of one run are reported, in the order of the places; the caller ends with status 1.
 */
#ifndef COMPOSER_DIAGNOSTICS_H
#define COMPOSER_DIAGNOSTICS_H

#include <stddef.h>

#include "place.h"

/** Reports a mistake at @location. */
void error(struct source_location location, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** How many have been reported. */
unsigned error_count(void);

/**
 * Forgets what has been reported since a moment, as if it had never been tried. Call mistakes_now
 * before, and mistakes_undo with its result after. Returns the first mistake's text, or NULL.
 */
size_t errors_now(void);
const char *errors_undo(size_t moment);

/** Says something at @location that is no mistake, but what its author may not have thought of:
 * `file:line: note: ...`. Where there are mistakes, these come alone. */
void remark(struct source_location location, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Prints what was reported and noted since the last call, sorted by file and line, without
 * repetition. */
void errors_print(void);

/** Ends the program with status 2: something that is not the user's mistake (out of memory, disk
 * full). */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
