/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a vCPU is in the CPU's registers while it is loaded, but for its frame and the interrupt
 * controller. Also for assembly (registers.S), which stores and loads all of it in the order of
 * struct vcpu_context.
 */
#ifndef ARM64_VCPU_CONTEXT_H
#define ARM64_VCPU_CONTEXT_H

/*
 * In pairs: members of the context, system registers. A reset leaves all of them 0 but some of the
 * first and the last pair. The order is what keeps a speculative address translation from mixing
 * two vCPUs (context_load): the first pair belongs to stage 2, the last one lets stage 1 be walked.
 * The timers' times come before their controls.
 */
#define CONTEXT_FIRST(PAIR) PAIR(hcr, hcr_el2, spsr, spsr_el2)
#define CONTEXT_MIDDLE(PAIR)                                                                       \
    PAIR(cpacr, cpacr_el1, ttbr0, ttbr0_el1)                                                       \
    PAIR(ttbr1, ttbr1_el1, elr, elr_el2)                                                           \
    PAIR(mair, mair_el1, amair, amair_el1)                                                         \
    PAIR(vbar, vbar_el1, contextidr, contextidr_el1)                                               \
    PAIR(tpidr_el0, tpidr_el0, tpidrro_el0, tpidrro_el0)                                           \
    PAIR(tpidr_el1, tpidr_el1, sp_el0, sp_el0)                                                     \
    PAIR(sp_el1, sp_el1, elr_el1, elr_el1)                                                         \
    PAIR(spsr_el1, spsr_el1, esr, esr_el1)                                                         \
    PAIR(far, far_el1, afsr0, afsr0_el1)                                                           \
    PAIR(afsr1, afsr1_el1, par, par_el1)                                                           \
    PAIR(csselr, csselr_el1, cntkctl, cntkctl_el1)                                                 \
    PAIR(cntv_cval, cntv_cval_el0, cntp_cval, cntp_cval_el0)                                       \
    PAIR(cntv_ctl, cntv_ctl_el0, cntp_ctl, cntp_ctl_el0)
#define CONTEXT_LAST(PAIR) PAIR(sctlr, sctlr_el1, tcr, tcr_el1)

#ifndef __ASSEMBLER__
#include "types.h"

#define DEBUG_POINTS 16U /* the most of each kind that the architecture has */

struct vcpu_context {
#define CONTEXT_MEMBERS(member_a, register_a, member_b, register_b)                                \
    uint64_t member_a;                                                                             \
    uint64_t member_b;
    uint64_t vtcr; /* these are constant: */
    uint64_t vttbr;
    uint64_t vmpidr;
    uint64_t mdscr; /* not constant, but each change of it is an exit (debug_registers.c) */
    CONTEXT_FIRST(CONTEXT_MEMBERS)
    CONTEXT_MIDDLE(CONTEXT_MEMBERS)
    CONTEXT_LAST(CONTEXT_MEMBERS)
#undef CONTEXT_MEMBERS
    uint64_t v[32][2];
    uint64_t fpsr;
    uint64_t fpcr;
    uint64_t vdisr; /* where there is FEAT_RAS */
    /* The debug registers of a vCPU on a shared core, as it has written them
     * (debug_registers.c). */
    uint32_t mdscr_written;
    uint32_t os_unlocked;
    uint64_t points[2][DEBUG_POINTS][2]; /* breakpoints, watchpoints: value and control of each */
};

/** Stores all but the first four, and what is behind fpcr; and stops the timers. */
void context_save(struct vcpu_context *context);

/** Loads all but what is behind fpcr. */
void context_load(const struct vcpu_context *context);
#endif

#endif
