/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzzer keeps in the memory of its channel "fuzz", which no restart takes from it: how
 * far it is. The victim at the channel's other end, and whoever looks at the machine's memory from
 * outside, see by it what was tried last.
 */
#ifndef FUZZER_PAGE_H
#define FUZZER_PAGE_H

#include <assert.h>
#include <stdint.h>

#define FUZZ_CHANNEL   "fuzz"
#define FUZZ_MAGIC     0x657a757aU
#define FUZZ_MAX_VCPUS 4U

/** The step that a vCPU does now, or did last. */
struct fuzz_step {
    uint32_t number; /* counts from 1 in each life, and in the sweep */
    uint32_t kind;   /* enum step_kind of steps.h; FUZZ_SWEEP_* while it sweeps */
    uint64_t target; /* address, encoding or function */
    uint64_t value;
};

#define FUZZ_SWEEP_PAGES     100U
#define FUZZ_SWEEP_REGISTERS 101U
#define FUZZ_SWEEP_CALLS     102U
#define FUZZ_SWEPT           103U
#define FUZZ_NAP             104U

/* The first lives sweep, then one naps; what is left of them. */
#define FUZZ_PHASE_SWEEP  0U
#define FUZZ_PHASE_NAP    1U
#define FUZZ_PHASE_RANDOM 2U

struct fuzz_page {
    uint32_t magic; /* FUZZ_MAGIC once the fuzzer has run */
    uint32_t life;  /* starts of the fuzzer; 1: the first one */
    struct fuzz_step steps[FUZZ_MAX_VCPUS];
    uint32_t swept[FUZZ_MAX_VCPUS]; /* what the sweep goes on behind in the next life */
    uint32_t phase;                 /* FUZZ_PHASE_* */
    uint32_t random_lives;          /* begun */
};

static_assert(sizeof(struct fuzz_step) == 24, "shared by two guests");
static_assert(sizeof(struct fuzz_page) == 8 + 4 * 24 + 16 + 8, "shared by two guests");

#endif
