/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <inttypes.h>
#include <string.h>

static void put_string(FILE *out, const unsigned char *bytes, size_t size)
{
    fputc('"', out);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '"' || bytes[i] == '\\') {
            fprintf(out, "\\%c", bytes[i]);
        } else if (bytes[i] < 0x20) {
            fprintf(out, "\\u%04x", bytes[i]);
        } else {
            fputc(bytes[i], out);
        }
    }
    fputc('"', out);
}

static void put_line_end(const struct json *json)
{
    fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
}

/* A new element; @key is NULL in an array. */
static void put_key(struct json *json, const char *key)
{
    if (!json->first) {
        fputs(json->indented ? "," : ", ", json->out);
    }
    if (json->indented) {
        put_line_end(json);
    }
    json->first = false;
    if (key != NULL) {
        put_string(json->out, (const unsigned char *)key, strlen(key));
        fputs(": ", json->out);
    }
}

void json_open(struct json *json, const char *key, char bracket)
{
    if (json->depth != 0) {
        put_key(json, key);
    }
    fputc(bracket, json->out);
    json->depth++;
    json->first = true;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (json->indented && !json->first) {
        put_line_end(json);
    }
    json->first = false;
    fputc(bracket, json->out);
    if (json->depth == 0) {
        fputc('\n', json->out);
    }
}

void json_number(struct json *json, const char *key, uint64_t value)
{
    put_key(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    put_key(json, key);
    fputs(value ? "true" : "false", json->out);
}

void json_text(struct json *json, const char *key, const char *text)
{
    if (text != NULL) {
        json_bytes(json, key, text, strlen(text));
    } else {
        put_key(json, key);
        fputs("null", json->out);
    }
}

void json_bytes(struct json *json, const char *key, const void *bytes, size_t size)
{
    put_key(json, key);
    put_string(json->out, bytes, size);
}

void json_time(struct json *json, const char *key, uint64_t ns)
{
    if (ns == UINT64_MAX) {
        json_text(json, key, NULL);
    } else {
        json_number(json, key, ns);
    }
}
