/* SPDX-License-Identifier: Apache-2.0 */
/* --put: files of the host in the initrds of Linux VMs, for one run. */
#ifndef COMPOSER_RUN_PUT_H
#define COMPOSER_RUN_PUT_H

#include <stdbool.h>
#include <stdio.h>

#include "run_options.h"
#include "system.h"

/** Gives the VMs initrds that hold what @options ask for. False after it said what is wrong. */
bool run_put_files(const struct run_options *options, struct system *system);

/** Adds a file to the archive in @out (cpio, newc), with the folders on its path. */
void put_write_file(FILE *out, const char *path, unsigned mode, const void *bytes, size_t size);

/** Ends the archive. */
void put_write_end(FILE *out);

#endif
