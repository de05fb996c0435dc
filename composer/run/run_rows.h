/* SPDX-License-Identifier: Apache-2.0 */
/* What does not fit beside the name goes on in the next row, under its beginning. */
#ifndef COMPOSER_RUN_ROWS_H
#define COMPOSER_RUN_ROWS_H

#include "run_terminal.h"

#define TAB_STOP 8U

/** Shows a speaker's text, its control sequences whole, from where the cursor is; with @words, a
 * row ends between two words. */
void rows_show(struct terminal *terminal, const struct speaker *speaker, const char *text,
               size_t size, bool words);

#endif
