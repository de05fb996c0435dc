/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the user names for output: regular ones only, or new ones. */
#ifndef LIB_OUTPUT_FILE_H
#define LIB_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

/** Whether @path can become a file of ours. Says what is wrong if not: a folder, a device, a
 * pipe, a folder that is not there. */
bool output_file_check(const char *path);

/** Opens it for writing; NULL after it said what is wrong. */
FILE *output_file_open(const char *path);

/**
 * Ends what is printed on standard output.
 *
 * @status  the exit status so far
 * Returns  it, or 2 after it said that not all could be written.
 */
int output_end(int status);

#endif
