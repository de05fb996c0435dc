/* SPDX-License-Identifier: Apache-2.0 */
/* Reads YAML files for check (check_config.h). */
#include "check_config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool config_open(const char *path, struct config *config, char why[IMAGE_FILE_WHY_SIZE])
{
    yaml_parser_t parser;
    FILE *input = fopen(path, "rb");
    *config = (struct config){.path = path};
    if (input == NULL) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "%s", strerror(errno));
        return false;
    }
    if (yaml_parser_initialize(&parser) == 0) {
        fputs("nagaya: out of memory\n", stderr);
        exit(2);
    }
    yaml_parser_set_input_file(&parser, input);
    bool loaded = yaml_parser_load(&parser, &config->document) != 0;
    if (!loaded) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "not valid YAML in line %zu: %s",
                 parser.problem_mark.line + 1,
                 parser.problem != NULL ? parser.problem : "unreadable");
    }
    yaml_parser_delete(&parser);
    fclose(input);
    if (loaded && (config_root(config) == NULL || config_root(config)->type != YAML_MAPPING_NODE)) {
        snprintf(why, IMAGE_FILE_WHY_SIZE, "not made of keys and values");
        config_close(config);
        loaded = false;
    }
    return loaded;
}

void config_close(struct config *config)
{
    yaml_document_delete(&config->document);
}

const yaml_node_t *config_root(struct config *config)
{
    return yaml_document_get_root_node(&config->document);
}

const yaml_node_t *config_get(struct config *config, const yaml_node_t *mapping, const char *key)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE) {
        return NULL;
    }
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *text = config_text(yaml_document_get_node(&config->document, pair->key));
        if (text != NULL && strcmp(text, key) == 0) {
            return yaml_document_get_node(&config->document, pair->value);
        }
    }
    return NULL;
}

const yaml_node_t *config_item(struct config *config, const yaml_node_t *list, size_t index)
{
    if (list == NULL || list->type != YAML_SEQUENCE_NODE) {
        return NULL;
    }
    const yaml_node_item_t *items = list->data.sequence.items.start;
    size_t count = (size_t)(list->data.sequence.items.top - items);
    return index < count ? yaml_document_get_node(&config->document, items[index]) : NULL;
}

const char *config_text(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : NULL;
}

const char *config_word(struct config *config, const yaml_node_t *mapping, const char *key,
                        const char *otherwise)
{
    const char *text = config_text(config_get(config, mapping, key));
    return text != NULL ? text : otherwise;
}

bool config_value(const yaml_node_t *node, uint64_t *value)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {
        {"", 1},   {"K", 1U << 10}, {"M", 1U << 20}, {"G", 1U << 30},
        {"ns", 1}, {"us", 1000},    {"ms", 1000000}, {"s", 1000000000},
    };
    const char *text = config_text(node);
    if (text == NULL || text[0] < '0' || text[0] > '9') {
        return false;
    }
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *rest;
    errno = 0;
    uint64_t number = strtoull(text, &rest, hexadecimal ? 16 : 10);
    for (size_t i = 0; errno == 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(rest, units[i].name) == 0) {
            return !__builtin_mul_overflow(number, units[i].factor, value);
        }
    }
    return false;
}

uint64_t config_number(struct config *config, const yaml_node_t *mapping, const char *key,
                       uint64_t otherwise)
{
    uint64_t value;
    return config_value(config_get(config, mapping, key), &value) ? value : otherwise;
}
