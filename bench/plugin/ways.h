/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin keeps of the ways through the hypervisor (ways.c), as it lies in its output file:
 * bench/exits/plugin.py reads it. */
#ifndef BENCH_PLUGIN_WAYS_H
#define BENCH_PLUGIN_WAYS_H

#include <stdint.h>

#define WAYS_MAGIC   0x3130737961776f6eU
#define WAYS_CPUS    8U
#define WAYS_CLASSES 32U
#define WAYS_PIECES  4096U

/** Instructions one after the other. */
struct piece {
    uint32_t offset; /* of the first one, in the code */
    uint32_t count;
};

/** The ways of one class on one CPU. */
struct ways {
    uint64_t count;
    uint64_t sum;
    uint64_t min;
    uint64_t max;
    uint64_t piece_count; /* more than WAYS_PIECES: the rest of the longest way is not known */
    struct piece pieces[WAYS_PIECES];
};

/** The file. */
struct ways_file {
    uint64_t magic;
    uint64_t
        /* 1: another program ran where the hypervisor's code should be; nothing was counted from
         * then on */
        foreign;
    uint64_t unfinished; /* ways that never ended, for their CPU was started anew */
    uint64_t others;     /* ways of no class */
    struct ways ways[WAYS_CPUS][WAYS_CLASSES];
};

#endif
