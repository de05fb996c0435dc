/* SPDX-License-Identifier: Apache-2.0 */
/* From a system.yaml to an image that has passed nagaya-check. */
#ifndef COMPOSER_COMPOSE_H
#define COMPOSER_COMPOSE_H

#include <stdbool.h>

#include "system.h"

/**
 * Composes the system that @file describes, writes the image to @output and checks it.
 *
 * @system  filled in with what was read
 * Returns  false after every mistake has been printed; then there is no file @output.
 */
bool compose_system(const char *file, const char *output, struct system *system);

/* The same in two steps, for run: */

/** Reads the system. As above. */
bool compose_read(const char *file, const char *output, struct system *system);

/** Makes the image and checks it; not against the system's file where it was @changed since that
 * was read. As above. */
bool compose_image(const char *output, struct system *system, bool changed);

/** Whether there is a @file to read; says so if not. */
bool compose_can_read(const char *file);

/** The engine that the system gets: its ELF file in the data folder. */
const char *compose_engine(const struct system *system);

#endif
