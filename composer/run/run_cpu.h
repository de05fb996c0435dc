/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU models that QEMU has. */
#ifndef COMPOSER_RUN_CPU_H
#define COMPOSER_RUN_CPU_H

#include <stdbool.h>

/** Whether the QEMU program @executable has the model @cpu (perhaps with properties behind a
 * comma). If not, says so, and which 64-bit ones there are. True where that can't be found out. */
bool cpu_model_is_known(const char *executable, const char *cpu);

/** Adds to @list, a text with commas, the model that a line of `-cpu help` names, if it is a
 * 64-bit one; whether that line names @cpu goes to @found. */
const char *cpu_read_model(const char *line, const char *cpu, const char *list, bool *found);

#endif
