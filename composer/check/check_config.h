/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML files as `check` reads them: a document by libyaml, and the few kinds of values that
 * docs/configuration.md has. compose has a reader of its own, which explains mistakes; here a value
 * that is none is just missing.
 */
#ifndef COMPOSER_CHECK_CONFIG_H
#define COMPOSER_CHECK_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "image_reader.h"

/** A file that is open. */
struct config {
    const char *path;
    yaml_document_t document;
};

/** Opens the file. Returns false, with the reason in @why, if it can't be read or is no mapping. */
bool config_open(const char *path, struct config *config, char why[IMAGE_FILE_WHY_SIZE]);
void config_close(struct config *config);

const yaml_node_t *config_root(struct config *config);

/** The value of @key in a mapping; NULL if it has none, or @mapping is NULL or no mapping. */
const yaml_node_t *config_get(struct config *config, const yaml_node_t *mapping, const char *key);

/** Element @index of a list; NULL behind its end, or if @list is NULL or no list. */
const yaml_node_t *config_item(struct config *config, const yaml_node_t *list, size_t index);

/** The text of a scalar; NULL if @node is NULL or none. */
const char *config_text(const yaml_node_t *node);

/** The text of @key in a mapping, or @otherwise. */
const char *config_word(struct config *config, const yaml_node_t *mapping, const char *key,
                        const char *otherwise);

/** A number, a size (K, M, G) in bytes or a time (ns, us, ms, s) in ns. Returns false if @node is
 * none. */
bool config_value(const yaml_node_t *node, uint64_t *value);

/** The same of @key in a mapping; @otherwise if it has none. */
uint64_t config_number(struct config *config, const yaml_node_t *mapping, const char *key,
                       uint64_t otherwise);

#endif
