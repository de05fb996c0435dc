/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON (RFC 8259). Names are printable ASCII, or the plan would not have been opened (check_plan_fields.c).
 */
#include <inttypes.h>

#include "show_json.h"

static void json_string(struct json *json, const char *text)
{
    fputc('"', json->out);
    for (; *text != 0; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', json->out);
        }
        fputc(*text, json->out);
    }
    fputc('"', json->out);
}

/* A new element; @key is NULL in an array. */
static void json_key(struct json *json, const char *key)
{
    fprintf(json->out, "%s\n%*s", json->first ? "" : ",", (int)(2 * json->depth), "");
    json->first = false;
    if (key != NULL) {
        json_string(json, key);
        fputs(": ", json->out);
    }
}

void json_open(struct json *json, const char *key, char bracket)
{
    if (json->depth != 0) {
        json_key(json, key);
    }
    fputc(bracket, json->out);
    json->depth++;
    json->first = true;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (!json->first) {
        fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
    }
    json->first = false;
    fputc(bracket, json->out);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
    json_key(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void json_text(struct json *json, const char *key, const char *text)
{
    json_key(json, key);
    if (text != NULL) {
        json_string(json, text);
    } else {
        fputs("null", json->out);
    }
}

void json_boolean(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    fputs(value ? "true" : "false", json->out);
}

void json_time(struct json *json, const char *key, uint64_t ns)
{
    if (ns == UINT64_MAX) {
        json_text(json, key, NULL);
    } else {
        json_number(json, key, ns);
    }
}
