/* SPDX-License-Identifier: Apache-2.0 */
/* A run without a person: what is typed at prompts (--type, standard input), and what the run waits
 * for (--end-when).
 */
#ifndef COMPOSER_RUN_SCRIPT_H
#define COMPOSER_RUN_SCRIPT_H

#include <stdbool.h>

#include "run_options.h"
#include "run_terminal.h"

#define SCRIPT_PIPED_SIZE 65536

struct script {
    const struct run_options *options;
    bool *seen;                    /* of each --end-when */
    bool *typed;                   /* of each --type */
    char piped[SCRIPT_PIPED_SIZE]; /* lines of standard input that were not typed yet */
    size_t piped_size;
    bool piped_end;                         /* there is no more than that */
    char piped_line[SCRIPT_PIPED_SIZE + 1]; /* the last one taken */
};

void script_start(struct script *script, const struct run_options *options);

/** The VM @name has this in its current line. */
void script_saw(struct script *script, const char *name, const char *line);

/** More of standard input, which is no terminal; size 0: its end. There must be room
 * (script_room). */
void script_pipe(struct script *script, const char *bytes, size_t size);
size_t script_room(const struct script *script);

/** Whether @line ends like a prompt. */
bool script_is_prompt(const char *line);

/** What to type next when @name's line is @line, or NULL; it counts as typed from now on. First
 * what --type has for it; then, if it has the keyboard, a line of standard input: also where
 * --type waits for a prompt of its own. */
const char *script_next(struct script *script, const char *name, const char *line, bool keyboard);

/** A line of standard input, or NULL; none while --type has something for @name. */
const char *script_next_piped(struct script *script, const char *name);

/** Whether the run has an end, and all that it waits for was seen. */
bool script_complete(const struct script *script);

/** Says what was not seen. */
void script_report(const struct script *script, struct terminal *terminal,
                   const struct speaker *speaker);

#endif
