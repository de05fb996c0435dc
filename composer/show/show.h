/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya show: what is in a finished image, as tables for people or as JSON for programs. */
#ifndef COMPOSER_SHOW_H
#define COMPOSER_SHOW_H

/** nagaya show [--json] IMAGE; returns the exit status: 0 shown, 1 no image that can be shown, 2
 * can't be read. */
int show_command(int argc, char **argv);

#endif
