/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All values of a measurement that a guest repeats, in ticks of the counter, and how it tells them
 * at its end. They go through a console that may be slow, so what is repeated is told once: `12*40`
 * is 40 values of 12. bench/experiments/guest_series.py reads it:
 *
 *     NAME: count=10000 frequency=1000000000
 *     NAME: 103*61 104 103*512 ...
 *     NAME: done
 */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/timer.h"

#define SERIES_MAX      10000U
#define SERIES_PER_LINE 10U

struct series {
    uint32_t count;
    uint64_t values[SERIES_MAX];
};

/** Keeps @value; what is beyond SERIES_MAX is not kept. */
static inline void series_add(struct series *series, uint64_t value)
{
    if (series->count < SERIES_MAX) {
        series->values[series->count++] = value;
    }
}

/** How many values from number @first on are the same. */
static inline uint32_t series_run(const struct series *series, uint32_t first)
{
    uint32_t next = first + 1;

    while (next < series->count && series->values[next] == series->values[first]) {
        next++;
    }
    return next - first;
}

/** Tells all of them, in the order in which they were added, as those of @name. */
static inline void series_print(const struct series *series, const char *name)
{
    printf("%s: count=%" PRIu32 " frequency=%" PRIu64 "\n", name, series->count, timer_frequency());
    for (uint32_t i = 0; i < series->count;) {
        printf("%s:", name);
        for (uint32_t column = 0; column < SERIES_PER_LINE && i < series->count; column++) {
            uint32_t run = series_run(series, i);

            printf(" %" PRIu64, series->values[i]);
            if (run > 1) {
                printf("*%" PRIu32, run);
            }
            i += run;
        }
        printf("\n");
    }
    printf("%s: done\n", name);
}

#endif
