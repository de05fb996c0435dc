/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nagaya check: reads a finished image, walks its tables, and shows who can reach what; compares it
 * with the engine, the board and the system that it should be of.
 *
 * Shares nothing with compose but abi/: a second pair of eyes on the same bytes.
 */
#ifndef COMPOSER_CHECK_H
#define COMPOSER_CHECK_H

#include <stdbool.h>

#define CHECK_HOLDS      0
#define CHECK_FAILS      1
#define CHECK_UNREADABLE 2 /* a file can't be read or is no image, or the command is wrong */

/** What an image is compared with besides itself. NULL: it is not there, and what needs it is not
 * checked. */
struct check_against {
    const char *engine;  /* the engine's ELF file; NULL: that for the image's controller in ... */
    const char *engines; /* ... this folder, if it is there */
    const char *board;   /* the board's folder */
    const char *system;  /* system.yaml */
    /* folder in which the system's files are looked for, if they are not beside it */
    const char *data;
};

/** Checks the image at @path and prints the result; @quiet: only what does not hold. Returns
 * CHECK_*. */
int check_image(const char *path, const struct check_against *against, bool quiet);

/** nagaya check [options] IMAGE; returns the exit status, CHECK_*. */
int check_command(int argc, char **argv);

#endif
