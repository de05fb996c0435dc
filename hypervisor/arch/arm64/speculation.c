/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speculation on this CPU.
 */
#include "speculation.h"

#include "core_local.h"
#include "cpu.h"
#include "psci.h"
#include "sysreg.h"
#include "workaround.h"

/* Read by vectors_hardened.S. */
extern PERCPU uint32_t hardened_call;
extern PERCPU uint32_t hardened_rounds;
PERCPU uint32_t hardened_call;
PERCPU uint32_t hardened_rounds;

/* The operand of CFP, DVP and CPP RCTX: all VMIDs, all ASIDs, Non-secure. */
#define CONTEXT_ALL (1ULL << 48 | 1ULL << 26 | 1ULL << 16)
#define CONTEXT_EL1 (1ULL << 24)

SLOW void speculation_init(void)
{
    struct speculation_facts facts;

    workaround_init();
    facts.midr = read_sysreg(midr_el1);
    facts.workaround_1 = workaround_feature(SMCCC_ARCH_WORKAROUND_1);
    facts.workaround_3 = workaround_feature(SMCCC_ARCH_WORKAROUND_3);
    facts.keeps_history = id_field(id_aa64mmfr1_el1, 60) != 0;
    facts.clears_history = id_field(S3_0_C0_C6_2, 28) != 0;
    struct speculation_entry entry = speculation_choose(&facts);

    hardened_call = entry.call;
    hardened_rounds = entry.rounds;
    if (entry.hardened) {
        vectors_harden();
    }
    this_cpu.extras = id_field(id_aa64pfr0_el1, 28) != 0 ? CPU_EXTRA_RAS : 0;
    if (plan.speculation == PLAN_SPECULATION_MITIGATE && this_cpu.shared) {
        this_cpu.extras |= CPU_EXTRA_FORGET;
    }
}

SLOW void speculation_forget(void)
{
    if (id_field(id_aa64isar1_el1, 40) != 0) { /* FEAT_SPECRES */
        __asm__ volatile("sys #3, c7, c3, #4, %0\n\t"
                         "sys #3, c7, c3, #5, %0\n\t"
                         "sys #3, c7, c3, #7, %0\n\t"
                         "sys #3, c7, c3, #4, %1\n\t"
                         "sys #3, c7, c3, #5, %1\n\t"
                         "sys #3, c7, c3, #7, %1"
                         :
                         : "r"(CONTEXT_ALL), "r"(CONTEXT_ALL | CONTEXT_EL1)
                         : "memory");
    }
    __asm__ volatile("dsb nsh" : : : "memory");
    isb();
}
