/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes in words (arithmetic.h). */
#include "arithmetic.h"

#include <inttypes.h>
#include <stdio.h>

struct size_text size_in_words(uint64_t size)
{
    static const struct {
        uint64_t unit;
        const char *name;
    } units[] = {
        {GIGA_SIZE, "GB"},
        {1 << 20,   "MB"},
        {1 << 10,   "KB"}
    };
    struct size_text result;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (size >= units[i].unit && size % units[i].unit == 0) {
            snprintf(result.text, sizeof(result.text), "%" PRIu64 " %s", size / units[i].unit, units[i].name);
            return result;
        }
    }
    snprintf(result.text, sizeof(result.text), "%" PRIu64 " bytes", size);
    return result;
}
