/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as people read them. */
#include "duration.h"

#include <inttypes.h>
#include <stdio.h>

const char *duration_text(uint64_t ns, bool up, char text[DURATION_SIZE])
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {
        {1000000000, "s"},
        {1000000, "ms"},
        {1000, "us"},
        {1, "ns"},
    };
    size_t unit = 0;
    while (unit < 3 && ns < units[unit].ns) {
        unit++;
    }
    uint64_t grain = units[unit].ns >= 1000 ? units[unit].ns / 1000 : 1;
    uint64_t grains = ns / grain + (up && ns % grain != 0 ? 1 : 0);
    uint64_t each = units[unit].ns / grain;
    if (each == 1 || grains % each == 0) {
        snprintf(text, DURATION_SIZE, "%" PRIu64 " %s", grains / each, units[unit].name);
        return text;
    }
    int length =
        snprintf(text, DURATION_SIZE, "%" PRIu64 ".%03" PRIu64, grains / each, grains % each);
    while (text[length - 1] == '0') {
        length--;
    }
    snprintf(text + length, (size_t)(DURATION_SIZE - length), " %s", units[unit].name);
    return text;
}
