/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a vCPU is in the CPU's registers while it is loaded, but for exit_frame and the interrupt controller.
 */
#ifndef ARM64_VCPU_CONTEXT_H
#define ARM64_VCPU_CONTEXT_H

#include "types.h"

/* Registers that a guest can read and that a reset leaves 0: member of the context, system register. */
#define CONTEXT_REGISTERS(REGISTER)                                                                                    \
    REGISTER(cpacr, cpacr_el1)                                                                                         \
    REGISTER(ttbr0, ttbr0_el1)                                                                                         \
    REGISTER(ttbr1, ttbr1_el1)                                                                                         \
    REGISTER(tcr, tcr_el1)                                                                                             \
    REGISTER(mair, mair_el1)                                                                                           \
    REGISTER(amair, amair_el1)                                                                                         \
    REGISTER(vbar, vbar_el1)                                                                                           \
    REGISTER(contextidr, contextidr_el1)                                                                               \
    REGISTER(tpidr_el0, tpidr_el0)                                                                                     \
    REGISTER(tpidrro_el0, tpidrro_el0)                                                                                 \
    REGISTER(tpidr_el1, tpidr_el1)                                                                                     \
    REGISTER(sp_el0, sp_el0)                                                                                           \
    REGISTER(sp_el1, sp_el1)                                                                                           \
    REGISTER(elr_el1, elr_el1)                                                                                         \
    REGISTER(spsr_el1, spsr_el1)                                                                                       \
    REGISTER(esr, esr_el1)                                                                                             \
    REGISTER(far, far_el1)                                                                                             \
    REGISTER(afsr0, afsr0_el1)                                                                                         \
    REGISTER(afsr1, afsr1_el1)                                                                                         \
    REGISTER(par, par_el1)                                                                                             \
    REGISTER(csselr, csselr_el1)                                                                                       \
    REGISTER(cntkctl, cntkctl_el1)                                                                                     \
    REGISTER(cntv_cval, cntv_cval_el0)                                                                                 \
    REGISTER(cntp_cval, cntp_cval_el0)                                                                                 \
    REGISTER(cntv_ctl, cntv_ctl_el0)                                                                                   \
    REGISTER(cntp_ctl, cntp_ctl_el0)                                                                                   \
    REGISTER(sctlr, sctlr_el1)                                                                                         \
    REGISTER(elr, elr_el2)                                                                                             \
    REGISTER(spsr, spsr_el2)                                                                                           \
    REGISTER(hcr, hcr_el2)

/** Floating point and SIMD; the assembly (registers.S) knows the offsets. */
struct vcpu_fp {
    uint64_t v[32][2];
    uint64_t fpsr;
    uint64_t fpcr;
};

struct vcpu_context {
#define CONTEXT_MEMBER(member, register) uint64_t member;
    CONTEXT_REGISTERS(CONTEXT_MEMBER)
#undef CONTEXT_MEMBER
    uint64_t vdisr; /* where there is FEAT_RAS */
    struct vcpu_fp fp;
};

/** Stores and loads the floating-point registers. */
void fp_save(struct vcpu_fp *fp);
void fp_load(const struct vcpu_fp *fp);

#endif
