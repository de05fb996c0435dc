/* SPDX-License-Identifier: Apache-2.0 */
/* Words that depend on a number. */
#ifndef LIB_PLURAL_H
#define LIB_PLURAL_H

#include <stdint.h>

/** The ending of a noun behind @count: "%u line%s". */
static inline const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/** The one of two words that goes with @count of something: "was" or "were". */
static inline const char *plural_word(uint64_t count, const char *one, const char *more)
{
    return count == 1 ? one : more;
}

#endif
