/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change from one vCPU's registers to another's: in pairs, without loops.
 *
 * Floating-point and SIMD registers, of which the hypervisor itself uses none, are switched with every vCPU, not when
 * first used: 38 instructions, where a trap would cost an exit more in the worst case.
 */
#include "vcpu_context.h"

    .arch armv8-a+fp+simd
    .text

    .macro vectors_each instruction
    \instruction q0, q1, [x0, #0]
    \instruction q2, q3, [x0, #32]
    \instruction q4, q5, [x0, #64]
    \instruction q6, q7, [x0, #96]
    \instruction q8, q9, [x0, #128]
    \instruction q10, q11, [x0, #160]
    \instruction q12, q13, [x0, #192]
    \instruction q14, q15, [x0, #224]
    \instruction q16, q17, [x0, #256]
    \instruction q18, q19, [x0, #288]
    \instruction q20, q21, [x0, #320]
    \instruction q22, q23, [x0, #352]
    \instruction q24, q25, [x0, #384]
    \instruction q26, q27, [x0, #416]
    \instruction q28, q29, [x0, #448]
    \instruction q30, q31, [x0, #480]
    .endm

    /* void context_save(struct vcpu_context *context) */
    .global context_save
context_save:
#define SAVE_PAIR(member_a, register_a, member_b, register_b) \
    mrs     x1, register_a; mrs     x2, register_b; stp     x1, x2, [x0], #16;
    CONTEXT_REGISTERS(SAVE_PAIR)
    msr     cntv_ctl_el0, xzr               /* while the next one's times are set, no timer is on */
    msr     cntp_ctl_el0, xzr
    add     x0, x0, #32
    vectors_each stp
    add     x0, x0, #512
    mrs     x1, fpsr
    mrs     x2, fpcr
    stp     x1, x2, [x0]
    ret

    /* void context_load(const struct vcpu_context *context) */
    .global context_load
context_load:
#define LOAD_PAIR(member_a, register_a, member_b, register_b) \
    ldp     x1, x2, [x0], #16; msr     register_a, x1; msr     register_b, x2;
    CONTEXT_REGISTERS(LOAD_PAIR)
    ldp     x1, x2, [x0], #32
    ldur    x3, [x0, #-16]
    msr     vtcr_el2, x1
    msr     vttbr_el2, x2
    msr     vmpidr_el2, x3
    vectors_each ldp
    add     x0, x0, #512
    ldp     x1, x2, [x0]
    msr     fpsr, x1
    msr     fpcr, x2
    ret
