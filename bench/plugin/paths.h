/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin paths.c keeps of the paths through the hypervisor, as it lies in its output file:
 * bench/exits/plugin.py reads it. */
#ifndef BENCH_PLUGIN_PATHS_H
#define BENCH_PLUGIN_PATHS_H

#include <stdint.h>

#define PATHS_MAGIC   0x3173687461706f6eU
#define PATHS_CPUS    8U
#define PATHS_CLASSES 32U
#define PATHS_PIECES  4096U

/** Instructions one after the other. */
struct piece {
    uint32_t offset; /* of the first one, in the code */
    uint32_t count;
};

/** The paths of one class on one CPU. */
struct paths {
    uint64_t count;
    uint64_t sum;
    uint64_t min;
    uint64_t max;
    uint64_t piece_count; /* more than PATHS_PIECES: the rest of the longest path is not known */
    struct piece pieces[PATHS_PIECES];
};

/** The file. */
struct paths_file {
    uint64_t magic;
    uint64_t foreign;    /* 1: another program was in the hypervisor's place; counting ended then */
    uint64_t unfinished; /* paths that never ended, for their CPU was started anew */
    uint64_t others;     /* paths of no class */
    struct paths paths[PATHS_CPUS][PATHS_CLASSES];
};

#endif
