/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML with its places: documents are kept as libyaml reads them, every node with the line it
 * stands on, and mappings are compared with a table of the keys they may have.
 */
#ifndef COMPOSER_YAML_FILE_H
#define COMPOSER_YAML_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "place.h"

struct yaml_file {
    const char *path; /* as the user wrote it; for messages */
    yaml_document_t document;
};

/** One key that a mapping may have. */
struct yaml_key {
    const char *name;
    bool required;
};
#define YAML_REQUIRED(key)                                                                         \
    {                                                                                              \
        key, true                                                                                  \
    }
#define YAML_OPTIONAL(key)                                                                         \
    {                                                                                              \
        key, false                                                                                 \
    }

/** Reads @path, one document whose root is a mapping. False after a mistake was reported. */
bool yaml_file_read(const char *path, struct yaml_file *file);

yaml_node_t *yaml_root(struct yaml_file *file);

/** Where @node begins. */
struct source_location yaml_location(const struct yaml_file *file, const yaml_node_t *node);

/** True if @node is a mapping; else reports that @what must be one. @example: what one looks
 * like. */
bool yaml_expect_mapping(const struct yaml_file *file, const yaml_node_t *node, const char *what,
                         const char *example);

/**
 * Reports keys of @mapping that are unknown, missing or there twice. @what: "a VM", for messages.
 * An unknown key that is a slip for one that is not there is taken for that one from then on: call
 * this before yaml_find.
 */
void yaml_check_keys(struct yaml_file *file, yaml_node_t *mapping, const struct yaml_key *keys,
                     size_t key_count, const char *what);

/** The value of @key in @mapping, or NULL. */
yaml_node_t *yaml_find(struct yaml_file *file, const yaml_node_t *mapping, const char *key);

/** Where the key @key of @mapping stands; the mapping's own place if it has none. */
struct source_location yaml_key_location(struct yaml_file *file, const yaml_node_t *mapping,
                                         const char *key);

/** Element @index of the list @node, or NULL behind the last one. */
yaml_node_t *yaml_item(struct yaml_file *file, const yaml_node_t *node, size_t index);

#endif
