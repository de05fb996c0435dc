/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as people read them. */
#ifndef COMPOSER_DURATION_H
#define COMPOSER_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#define DURATION_SIZE 32

/** Writes @ns to @text as "2.5 ms": the largest unit of which it is one, at most three digits
 * behind the point. With @up what is cut off counts up, so that a bound stays one. Returns
 * @text. */
const char *duration_text(uint64_t ns, bool up, char text[DURATION_SIZE]);

#endif
