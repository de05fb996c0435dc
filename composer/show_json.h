/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of show_json*.c: a writer, and the parts of the object that it writes. */
#ifndef COMPOSER_SHOW_JSON_H
#define COMPOSER_SHOW_JSON_H

#include <stdio.h>

#include "show_context.h"

struct json {
    FILE *out;
    unsigned depth;
    bool first; /* nothing stands in the innermost brackets yet */
};

/* In an object, each value has a @key; in an array it is NULL. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *key, uint64_t value);
void json_boolean(struct json *json, const char *key, bool value);

/** NULL becomes null. */
void json_text(struct json *json, const char *key, const char *text);

/** Nanoseconds; UINT64_MAX, no bound, becomes null. */
void json_time(struct json *json, const char *key, uint64_t ns);

/** The member "channels". */
void show_json_channels(struct json *json, const struct check *check);

/** Of a VM: the members "manager", "watchdog" and "restart_limit". */
void show_json_life(struct json *json, const struct check *check, uint32_t vm);

/** The member "cpus". */
void show_json_cpus(struct json *json, const struct check *check);

#endif
