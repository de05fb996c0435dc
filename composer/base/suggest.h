/* SPDX-License-Identifier: Apache-2.0 */
/* The nearest names to one that does not exist, for messages. */
#ifndef COMPOSER_SUGGEST_H
#define COMPOSER_SUGGEST_H

#include <stddef.h>

/** The @keep nearest candidates so far, the nearest first; starts as {.wanted = name, .keep = n}.
 */
#define SUGGEST_MAX 3
struct suggestion {
    const char *wanted;
    size_t keep; /* at most SUGGEST_MAX */
    size_t count;
    const char *names[SUGGEST_MAX];
    size_t distances[SUGGEST_MAX];
};

/** How many characters have to be inserted, removed, replaced or swapped to make @b of @a. Capitals
 * are small letters.
 */
size_t suggest_distance(const char *a, const char *b);

/** Considers @name. What is too far from the wanted name to be a slip, more than one in three
 * letters, is left out. */
void suggest_consider(struct suggestion *suggestion, const char *name);

/** "did you mean a, b or c?", or NULL when nothing was near. */
const char *suggest_text(const struct suggestion *suggestion);

#endif
