/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nagaya check: reads a finished image alone, walks its tables, and shows who can reach what.
 *
 * Shares nothing with compose but abi/: a second pair of eyes on the same bytes.
 */
#ifndef COMPOSER_CHECK_H
#define COMPOSER_CHECK_H

#include <stdbool.h>

#define CHECK_HOLDS      0
#define CHECK_FAILS      1
#define CHECK_UNREADABLE 2 /* the file can't be read, or the command is wrong */

/** Checks the image at @path and prints the result; @quiet: only what does not hold. Returns CHECK_*. */
int check_image(const char *path, bool quiet);

/** nagaya check [-q] IMAGE; returns the exit status, CHECK_*. */
int check_command(int argc, char **argv);

#endif
