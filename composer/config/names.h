/* SPDX-License-Identifier: Apache-2.0 */
/* Names that the user gives: of VMs and channels. */
#ifndef COMPOSER_NAMES_H
#define COMPOSER_NAMES_H

#include "system.h"
#include "yaml_file.h"

#define NAME_UNKNOWN "?" /* stands for one that could not be read */

/** A word of the user's and where it stands. */
struct named {
    struct source_location location;
    const char *text;
};

/** Whether VMs, channels, tasks may be called @name; else a mistake at @location. @what: as
 * below. */
bool name_check(const char *name, struct source_location location, const char *what);

/** Reads the key `name` of @node, which belongs to @what ("the VM"). NAME_UNKNOWN after a
 * mistake. */
const char *name_read(struct yaml_file *file, yaml_node_t *node, const char *what);

/** Index of the VM that @key of the user's names, or PLAN_NONE after a mistake. */
uint32_t name_find_vm(const struct system *system, const char *key, struct named named);

#endif
