/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speculation: what this CPU's exits begin with, so that a guest can't steer the branches of EL2
 * speculatively, and what a switch to another VM has in addition where the system says
 * `speculation: mitigate`. docs/threat-model.md.
 */
#ifndef ARM64_SPECULATION_H
#define ARM64_SPECULATION_H

#include <stdbool.h>
#include <stdint.h>

/** What is known of a CPU. */
struct speculation_facts {
    uint64_t midr;
    int32_t workaround_1; /* the firmware's answers (workaround.h) */
    int32_t workaround_3;
    /* ID_AA64MMFR1_EL1.ECBHB: the history of one exception level steers no other */
    bool keeps_history;
    bool clears_history; /* ID_AA64ISAR2_EL1.CLRBHB: there is an instruction for it */
};

/** What each exit of a CPU begins with (vectors_hardened.S). */
struct speculation_entry {
    uint32_t call; /* this function of the firmware; 0: none */
    /* or so many branches, which fill the branch history; 0: none, and CLRBHB once */
    uint32_t rounds;
    bool hardened; /* one of them */
};

#define SPECULATION_MAX_ROUNDS 132U

/** What the exits of a CPU with these @facts must begin with. */
struct speculation_entry speculation_choose(const struct speculation_facts *facts);

/** Makes this CPU's exceptions come to the hardened vectors. */
void vectors_harden(void);

/** Selects this CPU's vectors. Once, at boot. */
void speculation_init(void);

/** Forgets on this CPU what its branch, value and prefetch predictors have learnt, as far as
 * there are instructions for it; and lets nothing that follows begin before. Of a switch between
 * VMs. */
void speculation_forget(void);

#endif
