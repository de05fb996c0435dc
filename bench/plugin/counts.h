/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin counts (el2count.c), and how it is reported (report.c). */
#ifndef BENCH_PLUGIN_COUNTS_H
#define BENCH_PLUGIN_COUNTS_H

#include <stdint.h>
#include <stdio.h>

#include "series.h"

#define SECTIONS 32U
/* different places of entry within a section: the vectors for a lower level and boot */
#define ENTRIES 8U
#define MOMENTS 16U

#define TRACE_INSTRUCTIONS 0x4000U /* 64 KB of code */

/** What was counted for one place of entry, in one section. */
struct entry {
    uint64_t address; /* virtual, of the first instruction */
    uint64_t exits;
    uint64_t instructions;
    uint64_t min;
    uint64_t max;
};

/** Lengths of what happened several times. */
struct lengths {
    uint64_t count;
    uint64_t sum;
    uint64_t max;
    /* how often each instruction was executed in the longest one; NULL: not traced */
    uint32_t *trace;
};

struct section {
    uint64_t marks;                    /* how often it was put in force */
    struct lengths passages[SECTIONS]; /* from here, by the section that they lead to */
    struct entry entries[ENTRIES];
    uint64_t lost; /* exits by places for which there was no room */
};

/** What a CPU had executed at a moment. */
struct count {
    uint64_t kept; /* 1 if that moment came */
    uint64_t hypervisor;
    uint64_t guest;
    uint64_t exits;
};

/** Counts of one CPU, each written by its own thread. */
struct cpu {
    uint64_t executed; /* hypervisor instructions, counted by inline code */
    uint64_t inside;   /* 1 from an exit's first instruction to its ERET */
    uint64_t at_entry; /* `executed` when the current exit began */
    uint64_t entered_at;
    uint64_t first_run; /* hypervisor instructions up to the first ERET: this CPU's boot */
    uint64_t section;
    struct section sections[SECTIONS];
    uint64_t guest; /* instructions of guests, by whole blocks */
    uint64_t exits; /* entries of the hypervisor */
    /* `guest` at the last ERET: if it is still that, the passage goes on */
    uint64_t guest_at_leave;
    uint64_t at_passage;     /* `executed` when the last passage began */
    uint64_t passage_length; /* of the last passage, as far as it has come */
    uint64_t passage_from;   /* the section that was left by it */
    uint64_t calling;        /* 1 while the function that is watched runs */
    uint64_t at_call;        /* `executed` when it was called */
    struct lengths calls;
    uint32_t *trace; /* how often each instruction was executed in the present passage */
    struct count moments[MOMENTS];
    struct series series;
};

/** Writes all that was counted on one CPU, as JSON. */
void report_cpu(FILE *file, const struct cpu *cpu);

#endif
