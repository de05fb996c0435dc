/* SPDX-License-Identifier: Apache-2.0 */
/* From system.yaml to a struct system: board/, config/, resolve/ and the analysis, in this
 * order. */
#ifndef COMPOSER_SYSTEM_READ_H
#define COMPOSER_SYSTEM_READ_H

#include "system.h"

/** Reads and checks the system and its board. @data: folder with hypervisor/, boards/, guests/,
 * linux/. */
bool system_read(const char *file, const char *data, struct system *system);

/** The engine for the system's board, in the data folder; @debug: the one with the console. */
const char *system_engine(const struct system *system, bool debug);

#endif
