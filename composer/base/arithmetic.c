/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes in words (arithmetic.h). */
#include "arithmetic.h"

#include <inttypes.h>
#include <stdio.h>

/* Whole GB, MB or KB as such. What is no whole number of MB gets one digit behind the point, and
 * what is less than one is exact. */
static struct size_text size_text_of(uint64_t size, bool up)
{
    static const struct {
        uint64_t unit;
        const char *name;
    } units[] = {{GIGA_SIZE, "GB"}, {MEGA_SIZE, "MB"}, {1 << 10, "KB"}};
    struct size_text result;
    uint64_t rest = size % MEGA_SIZE;
    uint64_t tenths = size / MEGA_SIZE * 10 + (rest * 10 + (up ? MEGA_SIZE - 1 : 0)) / MEGA_SIZE;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (size >= units[i].unit && size % units[i].unit == 0 &&
            (units[i].unit >= MEGA_SIZE || size < MEGA_SIZE)) {
            snprintf(result.text, sizeof(result.text), "%" PRIu64 " %s", size / units[i].unit,
                     units[i].name);
            return result;
        }
    }
    if (size < MEGA_SIZE) {
        snprintf(result.text, sizeof(result.text), "%" PRIu64 " bytes", size);
    } else {
        snprintf(result.text, sizeof(result.text), "%" PRIu64 ".%" PRIu64 " MB", tenths / 10,
                 tenths % 10);
    }
    return result;
}

struct size_text size_in_words(uint64_t size)
{
    return size_text_of(size, true);
}

struct size_text room_in_words(uint64_t size)
{
    return size_text_of(size, false);
}
