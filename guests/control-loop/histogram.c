/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting into bins, and bars of text.
 */
#include "histogram.h"

#include <inttypes.h>
#include <stdio.h>

#define BAR_LENGTH 50U

void histogram_start(struct histogram *histogram)
{
    *histogram = (struct histogram){.least = UINT64_MAX};
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    unsigned bin = 0;

    while (bin < HISTOGRAM_BINS - 1 && ns >= histogram_limit(bin)) {
        bin++;
    }
    histogram->counts[bin]++;
    histogram->total++;
    histogram->sum += ns;
    histogram->least = ns < histogram->least ? ns : histogram->least;
    histogram->most = ns > histogram->most ? ns : histogram->most;
}

uint64_t histogram_mean(const struct histogram *histogram)
{
    return histogram->total == 0 ? 0 : histogram->sum / histogram->total;
}

uint64_t histogram_limit(unsigned bin)
{
    return bin >= HISTOGRAM_BINS - 1 ? UINT64_MAX : (uint64_t)HISTOGRAM_FIRST_NS << bin;
}

static void print_bin(const struct histogram *histogram, unsigned bin, const char *prefix)
{
    uint64_t count = histogram->counts[bin];
    /* one mark at least */
    uint64_t bar = (count * BAR_LENGTH + histogram->total - 1) / histogram->total;

    if (bin == HISTOGRAM_BINS - 1) {
        printf("%s >= %9" PRIu64 " ns %8" PRIu64 " ", prefix, histogram_limit(bin - 1), count);
    } else {
        printf("%s <  %9" PRIu64 " ns %8" PRIu64 " ", prefix, histogram_limit(bin), count);
    }
    while (bar-- != 0) {
        printf("#");
    }
    printf("\n");
}

void histogram_print(const struct histogram *histogram, const char *prefix)
{
    unsigned first = 0;
    unsigned last = HISTOGRAM_BINS - 1;

    if (histogram->total == 0) {
        return;
    }
    while (histogram->counts[first] == 0) {
        first++;
    }
    while (histogram->counts[last] == 0) {
        last--;
    }
    for (unsigned bin = first; bin <= last; bin++) {
        print_bin(histogram, bin, prefix);
    }
}
