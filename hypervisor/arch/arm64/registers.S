/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change from one vCPU's registers to another's: in pairs, without loops.
 *
 * Floating-point and SIMD registers, of which the hypervisor itself uses none, are switched with every vCPU, not when
 * first used: a trap would cost an exit more in the worst case.
 */
#include "sysreg.h"
#include "vcpu_context.h"

    .arch armv8-a+fp+simd
    .text

    /* Four at a time; moves x0 behind them. */
    .macro vectors_each instruction
    \instruction {v0.2d-v3.2d}, [x0], #64
    \instruction {v4.2d-v7.2d}, [x0], #64
    \instruction {v8.2d-v11.2d}, [x0], #64
    \instruction {v12.2d-v15.2d}, [x0], #64
    \instruction {v16.2d-v19.2d}, [x0], #64
    \instruction {v20.2d-v23.2d}, [x0], #64
    \instruction {v24.2d-v27.2d}, [x0], #64
    \instruction {v28.2d-v31.2d}, [x0], #64
    .endm

    /* void context_save(struct vcpu_context *context) */
    .global context_save
context_save:
#define SAVE_PAIR(member_a, register_a, member_b, register_b) \
    mrs     x1, register_a; mrs     x2, register_b; stp     x1, x2, [x0], #16;
    add     x0, x0, #32                     /* what is constant */
    CONTEXT_FIRST(SAVE_PAIR)
    CONTEXT_MIDDLE(SAVE_PAIR)
    CONTEXT_LAST(SAVE_PAIR)
    msr     cntv_ctl_el0, xzr               /* while the next one's times are set, no timer is on */
    msr     cntp_ctl_el0, xzr
    vectors_each st1
    mrs     x1, fpsr
    mrs     x2, fpcr
    stp     x1, x2, [x0]
    ret

    /*
     * void context_load(const struct vcpu_context *context)
     *
     * A Cortex-A55, A57 or A72 may translate an address speculatively at any time, and keep what it finds in its TLB
     * (errata 1530923, 1319537, 1319367): never may it walk one vCPU's stage 1 through another's stage 2. So stage 1 is
     * closed first, and opened last: no walk is allowed, and the MMU is on, or an address would be taken as it is.
     */
    .global context_load
context_load:
    mov     w1, #TCR_EL1_CLOSED
    msr     tcr_el1, x1
    isb
    mov     w1, #(SCTLR_EL1_CLOSED & 0xffff)
    movk    w1, #(SCTLR_EL1_CLOSED >> 16), lsl #16
    msr     sctlr_el1, x1
    isb
#define LOAD_PAIR(member_a, register_a, member_b, register_b) \
    ldp     x1, x2, [x0], #16; msr     register_a, x1; msr     register_b, x2;
    LOAD_PAIR(vtcr, vtcr_el2, vttbr, vttbr_el2)
    LOAD_PAIR(vmpidr, vmpidr_el2, mdscr, mdscr_el1)
    CONTEXT_FIRST(LOAD_PAIR)
    isb
    CONTEXT_MIDDLE(LOAD_PAIR)
#define OPEN_PAIR(member_a, register_a, member_b, register_b) \
    ldp     x1, x2, [x0], #16; msr     register_a, x1; isb; msr     register_b, x2;
    CONTEXT_LAST(OPEN_PAIR)
    vectors_each ld1
    ldp     x1, x2, [x0]
    msr     fpsr, x1
    msr     fpcr, x2
    ret

    /* uint64_t conduit_smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3) */
    .global conduit_smc
conduit_smc:
    smc     #0
    ret

    /* void conduit_pass(uint64_t *x) */
    .global conduit_pass
conduit_pass:
    str     x0, [sp, #-16]!
    ldp     x6, x7, [x0, #48]
    ldp     x4, x5, [x0, #32]
    ldp     x2, x3, [x0, #16]
    ldp     x0, x1, [x0]
    smc     #0                              /* changes x0 to x17 at most: version 1.0 of the convention */
    ldr     x4, [sp], #16
    stp     x0, x1, [x4]
    stp     x2, x3, [x4, #16]
    ret
