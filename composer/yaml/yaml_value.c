/* SPDX-License-Identifier: Apache-2.0 */
/* Turns YAML scalars into text, numbers, sizes, addresses and choices. */
#include "yaml_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "memory.h"
#include "plan.h"
#include "suggest.h"

/* Addresses that the hypervisor can map: abi/el2_map.h gives guest memory less, layout checks
 * that. */
#define ADDRESS_LIMIT (1ULL << 48)

static const char *scalar_text(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static bool is_null(const yaml_node_t *node)
{
    const char *text = scalar_text(node);

    if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        return text[0] == '\0';
    }
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static bool expect_scalar(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                          const char *expected)
{
    if (node == NULL) {
        return false;
    }
    if (node->type != YAML_SCALAR_NODE) {
        error(yaml_location(file, node), "%s: a %s, where one value is expected; write %s", key,
              node->type == YAML_SEQUENCE_NODE ? "list" : "group of keys", expected);
        return false;
    }
    if (is_null(node)) {
        error(yaml_location(file, node), "%s has no value; write %s", key, expected);
        return false;
    }
    return true;
}

bool yaml_read_text(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    const char **result)
{
    if (!expect_scalar(file, node, key, "text")) {
        return false;
    }
    if (strlen(scalar_text(node)) != node->data.scalar.length) {
        error(yaml_location(file, node), "%s has a zero byte in it; remove it", key);
        return false;
    }
    *result = scalar_text(node);
    return true;
}

/* Reads digits at @text; *@end is what follows. No sign, no blank, and 010 is ten. */
static bool parse_digits(const char *text, uint64_t *value, const char **end)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    char *rest;

    if (strchr(hexadecimal ? "0123456789abcdefABCDEF" : "0123456789", digits[0]) == NULL ||
        digits[0] == '\0') {
        return false;
    }
    errno = 0;
    *value = strtoull(digits, &rest, hexadecimal ? 16 : 10);
    *end = rest;
    return errno == 0;
}

bool yaml_read_number(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                      uint64_t limit, uint64_t *result)
{
    const char *rest;
    uint64_t value;

    if (!expect_scalar(file, node, key, "a number")) {
        return false;
    }
    if (!parse_digits(scalar_text(node), &value, &rest) || rest[0] != '\0') {
        error(yaml_location(file, node),
              "%s: %s is not a number; write digits, or 0x and hexadecimal digits", key,
              scalar_text(node));
        return false;
    }
    if (value > limit) {
        error(yaml_location(file, node), "%s: %s is too large; at most %llu", key,
              scalar_text(node), (unsigned long long)limit);
        return false;
    }
    *result = value;
    return true;
}

static bool parse_size(const char *text, uint64_t *size)
{
    static const char units[] = "KMG";
    const char *rest;

    if (!parse_digits(text, size, &rest)) {
        return false;
    }
    if (rest[0] == '\0') {
        return true;
    }

    const char *unit = strchr(units, rest[0]);
    if (unit == NULL || rest[1] != '\0') {
        return false;
    }
    unsigned shift = 10U * (unsigned)(unit - units + 1);
    if (*size > ADDRESS_LIMIT >> shift) {
        *size = ADDRESS_LIMIT; /* refused by the caller, whatever it was */
    } else {
        *size <<= shift;
    }
    return true;
}

bool yaml_read_size(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    uint64_t *result)
{
    uint64_t size;

    if (!expect_scalar(file, node, key, "a size like 32M")) {
        return false;
    }

    const char *text = scalar_text(node);
    if (!parse_size(text, &size)) {
        error(yaml_location(file, node),
              "%s: %s is not a size; write a number with K, M or G, like 32M", key, text);
    } else if (size == 0) {
        error(yaml_location(file, node), "%s: the size is 0; write a size like 32M", key);
    } else if (size >= ADDRESS_LIMIT) {
        error(yaml_location(file, node), "%s: %s is more than any board has; write a size like 32M",
              key, text);
    } else if (size % PLAN_PAGE_SIZE != 0) {
        error(yaml_location(file, node), "%s: %s is not a multiple of 4K; write a size like 32M",
              key, text);
    } else {
        *result = size;
        return true;
    }
    return false;
}

bool yaml_read_address(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                       uint64_t alignment, uint64_t *result)
{
    const char *rest;
    uint64_t value;

    if (!expect_scalar(file, node, key, "an address like 0x40000000")) {
        return false;
    }

    const char *text = scalar_text(node);
    if (!parse_digits(text, &value, &rest) || rest[0] != '\0') {
        error(yaml_location(file, node), "%s: %s is not an address; write one like 0x40000000", key,
              text);
    } else if (value >= ADDRESS_LIMIT) {
        error(yaml_location(file, node),
              "%s: %s is no address of 48 bits; write one like 0x40000000", key, text);
    } else if (value % alignment != 0) {
        error(yaml_location(file, node), "%s: %s is not a multiple of 0x%llx; round it", key, text,
              (unsigned long long)alignment);
    } else {
        *result = value;
        return true;
    }
    return false;
}

static const struct {
    const char *name;
    uint64_t ns;
} time_units[] = {
    {"s", 1000000000},
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
};

const char *yaml_time_text(uint64_t ns, char text[TIME_TEXT_SIZE])
{
    size_t unit = 0;

    while (ns % time_units[unit].ns != 0) {
        unit++;
    }
    if (ns == 0) {
        unit = 1;
    }
    snprintf(text, TIME_TEXT_SIZE, "%llu%s", (unsigned long long)(ns / time_units[unit].ns),
             time_units[unit].name);
    return text;
}

bool yaml_parse_time(const char *text, uint64_t *ns)
{
    const char *rest;

    if (!parse_digits(text, ns, &rest)) {
        return false;
    }
    if (rest[0] == '\0') {
        return *ns == 0;
    }
    for (size_t i = 0; i < COUNT_OF(time_units); i++) {
        if (strcmp(rest, time_units[i].name) != 0) {
            continue;
        }
        if (__builtin_mul_overflow(*ns, time_units[i].ns, ns)) {
            *ns = UINT64_MAX; /* refused by the caller, whatever it was */
        }
        return true;
    }
    return false;
}

bool yaml_read_time(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    uint64_t least, uint64_t *result)
{
    char limit[TIME_TEXT_SIZE];
    uint64_t ns;

    if (!expect_scalar(file, node, key, "a time like 10ms")) {
        return false;
    }

    const char *text = scalar_text(node);
    if (!yaml_parse_time(text, &ns)) {
        error(yaml_location(file, node),
              "%s: %s is not a time; write a whole number with ns, us, ms or s, like 10ms", key,
              text);
    } else if (ns < least) {
        error(yaml_location(file, node), "%s: %s is too short; at least %s", key, text,
              yaml_time_text(least, limit));
    } else if (ns > YAML_TIME_LIMIT_NS) {
        error(yaml_location(file, node), "%s: %s is too long; at most %s", key, text,
              yaml_time_text(YAML_TIME_LIMIT_NS, limit));
    } else {
        *result = ns;
        return true;
    }
    return false;
}

bool yaml_read_boolean(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                       bool *result)
{
    static const struct yaml_choice choices[] = {{"false", 0}, {"true", 1}};
    int value;

    if (!yaml_read_choice(file, node, key, choices, 2, &value)) {
        return false;
    }
    *result = value != 0;
    return true;
}

bool yaml_read_choice(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                      const struct yaml_choice *choices, size_t choice_count, int *result)
{
    struct suggestion nearest = {.keep = 1};
    const char *words = "";

    for (size_t i = 0; i < choice_count; i++) {
        if (choices[i].refusal == NULL) {
            words = text_join(words, " or ", choices[i].word);
        }
    }
    if (!expect_scalar(file, node, key, words)) {
        return false;
    }
    for (size_t i = 0; i < choice_count; i++) {
        if (strcmp(scalar_text(node), choices[i].word) != 0) {
            continue;
        }
        if (choices[i].refusal != NULL) {
            error(yaml_location(file, node), "%s: %s %s", key, choices[i].word, choices[i].refusal);
            return false;
        }
        *result = choices[i].value;
        return true;
    }
    nearest.wanted = scalar_text(node);
    for (size_t i = 0; choice_count > 2 && i < choice_count; i++) {
        suggest_consider(&nearest, choices[i].word);
    }
    const char *advice = suggest_text(&nearest);
    error(yaml_location(file, node), "%s: %s is not known; %s%swrite %s", key, scalar_text(node),
          advice != NULL ? advice : "", advice != NULL ? " " : "", words);
    return false;
}

bool yaml_read_list(const struct yaml_file *file, const yaml_node_t *node, const char *key,
                    const char *example, bool may_be_empty)
{
    if (node == NULL) {
        return false;
    }
    if (node->type != YAML_SEQUENCE_NODE) {
        error(yaml_location(file, node), "%s must be a list; write one like %s", key, example);
        return false;
    }
    if (node->data.sequence.items.start == node->data.sequence.items.top && !may_be_empty) {
        error(yaml_location(file, node), "%s is an empty list; write one like %s", key, example);
        return false;
    }
    return true;
}
