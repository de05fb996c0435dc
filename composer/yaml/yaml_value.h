/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of a YAML file as what they should be. Each function takes the key's value (NULL: the key
 * is absent, nothing happens), the key's name for messages, and returns false if there was none or
 * it was wrong; then *result is as it was, and a wrong one has been reported.
 */
#ifndef COMPOSER_YAML_VALUE_H
#define COMPOSER_YAML_VALUE_H

#include <stdint.h>

#include "yaml_file.h"

#define TIME_TEXT_SIZE 32

/* What the analysis of shared cores can look at (analysis_bounds.c). */
#define YAML_TIME_LIMIT_NS 3600000000000ULL

/** One word that a value can be. */
struct yaml_choice {
    const char *word;
    int value;
    const char *refusal; /* known but refused: why, and what to do */
};

bool yaml_read_text(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    const char **result);

/** A time as a user writes it, exact: "10ms", "1500us". */
const char *yaml_time_text(uint64_t ns, char text[TIME_TEXT_SIZE]);

/** The time that a user has written, in ns: "10ms". UINT64_MAX if it is too long for that. */
bool yaml_parse_time(const char *text, uint64_t *ns);

/** A whole number, decimal or 0x hexadecimal. */
bool yaml_read_number(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                      uint64_t limit, uint64_t *result);

/** A size in bytes, with K, M or G (of 1024); a multiple of 4K and not 0. */
bool yaml_read_size(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    uint64_t *result);

/** An address; a multiple of @alignment. */
bool yaml_read_address(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                       uint64_t alignment, uint64_t *result);

/** A time in ns: a number with ns, us, ms or s; at least @least ns, at most an hour. */
bool yaml_read_time(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    uint64_t least, uint64_t *result);

bool yaml_read_boolean(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                       bool *result);

bool yaml_read_choice(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                      const struct yaml_choice *choices, size_t choice_count, int *result);

/** True if @node is a list. @example: what one looks like. */
bool yaml_read_list(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    const char *example, bool may_be_empty);

#endif
