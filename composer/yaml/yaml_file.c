/* SPDX-License-Identifier: Apache-2.0 */
/* Reads YAML documents and checks the keys of their mappings. */
#include "yaml_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diagnostics.h"
#include "file_kind.h"
#include "memory.h"
#include "suggest.h"

static int line_of(yaml_mark_t mark)
{
    return (int)mark.line + 1;
}

/* The reader, which finds bytes that are no text, knows no lines. */
static int line_of_offset(const char *path, size_t offset)
{
    FILE *input = fopen(path, "rb");
    int line = 1;

    for (int byte; input != NULL && offset > 0 && (byte = fgetc(input)) != EOF; offset--) {
        if (byte == '\n') {
            line++;
        }
    }
    if (input != NULL) {
        fclose(input);
    }
    return line;
}

/* Whether the blank in front of line @number of the file has a tab in it. */
static bool is_indented_by_tab(const char *path, int number)
{
    FILE *input = fopen(path, "rb");
    bool tab = false;

    for (int byte, line = 1; input != NULL && line <= number && (byte = fgetc(input)) != EOF;) {
        if (byte == '\n') {
            line++;
        } else if (line == number && byte == '\t') {
            tab = true;
        } else if (line == number && byte != ' ') {
            break;
        }
    }
    if (input != NULL) {
        fclose(input);
    }
    return tab;
}

static void report_syntax(const yaml_parser_t *parser, const char *path)
{
    int line = parser->error == YAML_READER_ERROR ? line_of_offset(path, parser->problem_offset)
                                                  : line_of(parser->problem_mark);
    const char *problem = parser->problem != NULL ? parser->problem : "unknown reason";

    if (parser->error == YAML_MEMORY_ERROR) {
        fatal("out of memory");
    }
    if (is_indented_by_tab(path, line)) {
        error((struct source_location){path, line}, "not valid YAML: a tab; indent with spaces");
    } else if (parser->context != NULL) {
        error((struct source_location){path, line}, "not valid YAML: %s %s; mend the syntax",
              problem, parser->context);
    } else {
        error((struct source_location){path, line}, "not valid YAML: %s; mend the syntax", problem);
    }
}

static bool load_documents(yaml_parser_t *parser, struct yaml_file *file)
{
    yaml_document_t next;

    if (!yaml_parser_load(parser, &file->document)) {
        report_syntax(parser, file->path);
        return false;
    }
    if (yaml_root(file) == NULL) {
        error((struct source_location){file->path, 1},
              "the file is empty; begin with the key board");
        return false;
    }
    if (!yaml_parser_load(parser, &next)) {
        report_syntax(parser, file->path);
        return false;
    }

    yaml_node_t *second = yaml_document_get_root_node(&next);
    if (second != NULL) {
        error(yaml_location(file, second),
              "a second document begins here; a file holds one, remove the line ---");
    }
    bool alone = second == NULL;
    yaml_document_delete(&next);
    return alone;
}

/* Whether the file is of a kind that no YAML is; then it says which. */
static bool is_another_kind(const char *path)
{
    struct file_kind kind = file_kind_at(path);

    if (kind.what == NULL || kind.is_text) {
        return false;
    }
    error((struct source_location){path, 0}, "is %s, not YAML; %s", kind.what, kind.use);
    return true;
}

bool yaml_file_read(const char *path, struct yaml_file *file)
{
    yaml_parser_t parser;
    FILE *input = fopen(path, "rb");

    file->path = path;
    if (input == NULL) {
        error((struct source_location){path, 0}, "cannot be read: %s", strerror(errno));
        return false;
    }
    if (is_another_kind(path)) {
        fclose(input);
        return false;
    }
    if (!yaml_parser_initialize(&parser)) {
        fatal("out of memory");
    }
    yaml_parser_set_input_file(&parser, input);
    bool sound = load_documents(&parser, file);
    yaml_parser_delete(&parser);
    fclose(input);
    if (sound && yaml_root(file)->type != YAML_MAPPING_NODE) {
        error(yaml_location(file, yaml_root(file)),
              "the file must be made of keys and values; begin with a line like board: qemu-virt");
        return false;
    }
    return sound;
}

yaml_node_t *yaml_root(struct yaml_file *file)
{
    return yaml_document_get_root_node(&file->document);
}

struct source_location yaml_location(const struct yaml_file *file, const yaml_node_t *node)
{
    return (struct source_location){file->path, line_of(node->start_mark)};
}

bool yaml_expect_mapping(const struct yaml_file *file, const yaml_node_t *node, const char *what,
                         const char *example)
{
    if (node->type == YAML_MAPPING_NODE) {
        return true;
    }
    error(yaml_location(file, node), "%s must be made of keys and values; write one like %s", what,
          example);
    return false;
}

static const char *key_text(const yaml_node_t *key)
{
    return key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "?";
}

static const yaml_node_pair_t *find_pair(struct yaml_file *file, const yaml_node_t *mapping,
                                         const char *name)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        if (strcmp(key_text(yaml_document_get_node(&file->document, pair->key)), name) == 0) {
            return pair;
        }
    }
    return NULL;
}

/* What is wrong with the value, or missing, then is seen in the same run, and the key itself is
 * not missed. */
static void read_as_meant(struct yaml_file *file, const yaml_node_t *mapping, yaml_node_t *key,
                          const char *meant)
{
    if (key->type != YAML_SCALAR_NODE || find_pair(file, mapping, meant) != NULL) {
        return;
    }
    key->data.scalar.value = (yaml_char_t *)text_format("%s", meant);
    key->data.scalar.length = strlen(meant);
}

static void check_one_key(struct yaml_file *file, const yaml_node_t *mapping, yaml_node_t *key,
                          const struct yaml_key *keys, size_t key_count, const char *what)
{
    const char *name = key_text(key);
    struct suggestion nearest = {.wanted = name, .keep = 1};
    const char *known = "";

    for (size_t i = 0; i < key_count; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return;
        }
        suggest_consider(&nearest, keys[i].name);
        known = text_join(known, ", ", keys[i].name);
    }
    const char *advice = suggest_text(&nearest);
    if (advice == NULL) {
        advice = text_format("%s has %s", what, known);
    }
    error(yaml_location(file, key), "unknown key %s; %s", name, advice);
    if (nearest.count > 0) {
        read_as_meant(file, mapping, key, nearest.names[0]);
    }
}

void yaml_check_keys(struct yaml_file *file, yaml_node_t *mapping, const struct yaml_key *keys,
                     size_t key_count, const char *what)
{
    yaml_node_pair_t *first = mapping->data.mapping.pairs.start;
    yaml_node_pair_t *end = mapping->data.mapping.pairs.top;

    for (yaml_node_pair_t *pair = first; pair < end; pair++) {
        yaml_node_t *key = yaml_document_get_node(&file->document, pair->key);
        const yaml_node_pair_t *earlier = find_pair(file, mapping, key_text(key));

        if (earlier != pair) {
            const yaml_node_t *other = yaml_document_get_node(&file->document, earlier->key);
            error(yaml_location(file, key), "key %s is there twice, first on line %d; remove one",
                  key_text(key), yaml_location(file, other).line);
            continue;
        }
        check_one_key(file, mapping, key, keys, key_count, what);
    }
    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].required && find_pair(file, mapping, keys[i].name) == NULL) {
            error(yaml_location(file, mapping), "%s needs the key %s; add it", what, keys[i].name);
        }
    }
}

yaml_node_t *yaml_find(struct yaml_file *file, const yaml_node_t *mapping, const char *key)
{
    const yaml_node_pair_t *pair = find_pair(file, mapping, key);

    return pair != NULL ? yaml_document_get_node(&file->document, pair->value) : NULL;
}

struct source_location yaml_key_location(struct yaml_file *file, const yaml_node_t *mapping,
                                         const char *key)
{
    const yaml_node_pair_t *pair = find_pair(file, mapping, key);

    return yaml_location(file, pair != NULL ? yaml_document_get_node(&file->document, pair->key)
                                            : mapping);
}

yaml_node_t *yaml_item(struct yaml_file *file, const yaml_node_t *node, size_t index)
{
    yaml_node_item_t *items = node->data.sequence.items.start;
    size_t count = (size_t)(node->data.sequence.items.top - items);

    return index < count ? yaml_document_get_node(&file->document, items[index]) : NULL;
}
