/* SPDX-License-Identifier: Apache-2.0 */
/* A run without a person: what is typed at prompts (--type), and what the run waits for (--end-when). */
#ifndef COMPOSER_RUN_SCRIPT_H
#define COMPOSER_RUN_SCRIPT_H

#include <stdbool.h>

#include "run_options.h"
#include "run_terminal.h"

struct script {
    const struct run_options *options;
    bool *seen;  /* of each --end-when */
    bool *typed; /* of each --type */
};

void script_start(struct script *script, const struct run_options *options);

/** The VM @name has this in its current line. */
void script_saw(struct script *script, const char *name, const char *line);

/** What to type next at a prompt of @name, or NULL; it counts as typed from now on. */
const char *script_next(struct script *script, const char *name);

/** Whether the run has an end, and all that it waits for was seen. */
bool script_complete(const struct script *script);

/** Says what was not seen. */
void script_report(const struct script *script, struct terminal *terminal, const struct speaker *speaker);

#endif
