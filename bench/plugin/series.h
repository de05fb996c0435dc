/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much is executed between two moments, each time: the plugin's option series=FROM:TO
 * (el2count.c).
 */
#ifndef BENCH_PLUGIN_SERIES_H
#define BENCH_PLUGIN_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** What one CPU executed from FROM to TO, by the hypervisor and in all. */
struct series_step {
    uint64_t hypervisor;
    uint64_t all;
};

/** All steps of a CPU. A FROM that comes again before the TO counts anew. */
struct series {
    bool begun;
    struct series_step at_begin; /* what the CPU had executed then */
    struct series_step *steps;
    size_t count;
    size_t room;
};

/** The CPU has come to FROM, having executed @now. */
void series_begin(struct series *series, struct series_step now);

/** The CPU has come to TO, having executed @now. Without a FROM before it, it is no step. */
void series_end(struct series *series, struct series_step now);

/** Writes the steps as JSON: pairs of what the hypervisor executed and what was executed in all. */
void series_print(FILE *file, const struct series *series);

#endif
