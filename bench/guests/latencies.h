/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest keeps of many latencies, in ticks of the counter, and tells of them at its end. */
#ifndef BENCH_LATENCIES_H
#define BENCH_LATENCIES_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/timer.h"

struct latencies {
    uint64_t count;
    uint64_t min;
    uint64_t max;
    uint64_t sum;
};

#define LATENCIES_NONE ((struct latencies){.min = UINT64_MAX})

static inline void latencies_add(struct latencies *latencies, uint64_t late)
{
    latencies->count++;
    latencies->sum += late;
    latencies->min = late < latencies->min ? late : latencies->min;
    latencies->max = late > latencies->max ? late : latencies->max;
}

/** The line that bench/counts/measures.py reads. */
static inline void latencies_print(const struct latencies *latencies, const char *name)
{
    printf("%s: count=%" PRIu64 " min=%" PRIu64 " max=%" PRIu64 " sum=%" PRIu64 "\n", name,
           latencies->count, timer_to_ns(latencies->min), timer_to_ns(latencies->max),
           timer_to_ns(latencies->sum));
}

#endif
