/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON (RFC 8259): `nagaya show`, and nagayactl. */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    bool indented; /* a value a line; else all in one line */
    unsigned depth;
    bool first; /* nothing stands in the innermost brackets yet */
};

/* In an object, each value has a @key; in an array it is NULL. Closing the outermost bracket
 * ends the line. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *key, uint64_t value);
void json_boolean(struct json *json, const char *key, bool value);

/** NULL becomes null. */
void json_text(struct json *json, const char *key, const char *text);

/** @size bytes of UTF-8 or of ASCII. */
void json_bytes(struct json *json, const char *key, const void *bytes, size_t size);

/** Nanoseconds; UINT64_MAX, no bound, becomes null. */
void json_time(struct json *json, const char *key, uint64_t ns);

#endif
