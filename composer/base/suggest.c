/* SPDX-License-Identifier: Apache-2.0 */
/* Nearest names by edit distance (optimal string alignment: a swap of neighbours counts as one
 * slip). */
#include "suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

/* With more slips than one in so many letters it is another word: shared is not board. */
#define SUGGEST_LETTERS_PER_SLIP 3

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Capitals count as small letters: Linux is meant to be linux. */
static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t suggest_distance(const char *a, const char *b)
{
    size_t width = strlen(b) + 1;
    size_t *rows = memory_new(3 * width, sizeof(*rows));
    size_t *before = rows, *above = rows + width, *row = rows + 2 * width;

    for (size_t j = 0; j < width; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (size_t j = 1; j < width; j++) {
            row[j] = above[j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0 : 1);
            row[j] = smaller(row[j], smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1])) {
                row[j] = smaller(row[j], before[j - 2] + 1);
            }
        }
    }

    size_t distance = row[width - 1];
    free(rows);
    return distance;
}

static bool suggest_is_near(const char *wanted, const char *name, size_t distance)
{
    size_t length = strlen(wanted);

    if (strncasecmp(name, wanted, length) == 0 && length > 1) {
        return true; /* the beginning of a longer name, or the name in other letters */
    }
    return distance <= smaller(length, strlen(name)) / SUGGEST_LETTERS_PER_SLIP;
}

void suggest_consider(struct suggestion *suggestion, const char *name)
{
    size_t distance = suggest_distance(suggestion->wanted, name);
    size_t at = suggestion->count;

    if (!suggest_is_near(suggestion->wanted, name, distance)) {
        return;
    }
    for (size_t i = 0; i < suggestion->count; i++) {
        if (strcmp(suggestion->names[i], name) == 0) {
            return;
        }
    }
    while (at > 0 && distance < suggestion->distances[at - 1]) {
        at--;
    }
    if (at >= suggestion->keep) {
        return;
    }
    if (suggestion->count < suggestion->keep) {
        suggestion->count++;
    }
    for (size_t i = suggestion->count - 1; i > at; i--) {
        suggestion->names[i] = suggestion->names[i - 1];
        suggestion->distances[i] = suggestion->distances[i - 1];
    }
    suggestion->names[at] = name;
    suggestion->distances[at] = distance;
}

const char *suggest_text(const struct suggestion *suggestion)
{
    const char *text = "did you mean ";

    if (suggestion->count == 0) {
        return NULL;
    }
    size_t count =
        /* the same but for capitals: no other is meant */
        suggestion->distances[0] == 0 ? 1 : suggestion->count;
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        text = text_format("%s%s%s", text, between, suggestion->names[i]);
    }
    return text_format("%s?", text);
}
