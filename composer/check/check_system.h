/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's file as `check` reads it: what only the user knows, such as budgets and which image
 * runs where. Keys and defaults are those of docs/configuration.md. Keys that are not known here
 * are named, and not compared.
 */
#ifndef COMPOSER_CHECK_SYSTEM_H
#define COMPOSER_CHECK_SYSTEM_H

#include "check_config.h"

/** A system that is open. */
struct system_source {
    const char *path;
    /* folder where files are looked for that are not beside the system's; or NULL */
    const char *data;
    struct config config;
};

/** Opens system.yaml. Returns false, with the reason in @why, if it can't be read. */
bool system_source_open(const char *path, const char *data, struct system_source *system,
                        char why[IMAGE_FILE_WHY_SIZE]);
void system_source_close(struct system_source *system);

/** The value of a key of the system. */
const yaml_node_t *system_get(struct system_source *system, const char *key);

/** VM @index of its list; NULL behind the end. */
const yaml_node_t *system_vm(struct system_source *system, uint32_t index);

/** The text of a VM's key, or @otherwise. */
const char *system_vm_word(struct system_source *system, uint32_t index, const char *key,
                           const char *otherwise);

/** The entry of `cores` that lists the board's CPU @number; NULL: it is not shared. */
const yaml_node_t *system_core(struct system_source *system, uint32_t number);

/** The position of the word in @words that @text is, or -1. */
int system_choice(const char *text, const char *const *words, int count);

/** Opens the file that is called @name in the system's file. */
bool system_file_open(const struct system_source *system, const char *name, struct image_file *file,
                      char why[IMAGE_FILE_WHY_SIZE]);

#endif
