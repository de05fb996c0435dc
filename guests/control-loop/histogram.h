/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A histogram of durations with bins that double: below 64 ns, below 128 ns, ... The last bin takes
 * all the rest. Pure: host tests run it.
 */
#ifndef CONTROL_LOOP_HISTOGRAM_H
#define CONTROL_LOOP_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BINS     24U
#define HISTOGRAM_FIRST_NS 64U

struct histogram {
    uint64_t counts[HISTOGRAM_BINS];
    uint64_t total;
    uint64_t sum;
    uint64_t least;
    uint64_t most;
};

/** Empties it. */
void histogram_start(struct histogram *histogram);

/** Counts one duration in ns. */
void histogram_add(struct histogram *histogram, uint64_t ns);

/** Mean of all durations, 0 if there are none. */
uint64_t histogram_mean(const struct histogram *histogram);

/** The bin's first duration that is not in it any more; UINT64_MAX for the last bin. */
uint64_t histogram_limit(unsigned bin);

/** Prints the bins from the first to the last that is not empty, one line each that starts with
 * @prefix. */
void histogram_print(const struct histogram *histogram, const char *prefix);

#endif
