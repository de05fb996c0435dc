/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs nagaya-check, which lies beside this program: a program of its own, so that nothing that
 * composes an image is in what examines it.
 */
#ifndef COMPOSER_CHECK_PROGRAM_H
#define COMPOSER_CHECK_PROGRAM_H

#include <stdbool.h>

#define CHECK_ARGUMENTS_MAX 16

/**
 * Runs it with @arguments (without the program's name; NULL behind the last; fewer than
 * CHECK_ARGUMENTS_MAX).
 *
 * @silent  what it prints to standard output is dropped
 * Returns  its exit status: 0 what was checked holds, 1 something does not, 2 a file can't be read.
 *          Ends the program (fatal) if it can't be run or is killed.
 */
int check_program_run(const char *const *arguments, bool silent);

/** nagaya check ...: becomes nagaya-check. Returns only if that fails: 2, after it has said why. */
int check_program_become(int argc, char **argv);

#endif
