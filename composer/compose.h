/* SPDX-License-Identifier: Apache-2.0 */
/* From a system.yaml to an image that has passed `nagaya check`. */
#ifndef COMPOSER_COMPOSE_H
#define COMPOSER_COMPOSE_H

#include <stdbool.h>

#include "system.h"

/**
 * Composes the system that @file describes, writes the image to @output and checks it.
 *
 * @system  filled in with what was read; for callers that need the board's name and the VMs (run)
 * Returns  false after every mistake has been printed; then there is no file @output.
 */
bool compose_system(const char *file, const char *output, struct system *system);

/** nagaya compose SYSTEM.yaml -o IMAGE; returns the exit status. */
int compose_command(int argc, char **argv);

#endif
