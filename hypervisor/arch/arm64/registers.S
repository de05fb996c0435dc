/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of registers, for the change from one vCPU to another: in pairs, without loops.
 *
 * Floating-point and SIMD registers, of which the hypervisor itself uses none, are switched with every vCPU, not when
 * first used: 38 instructions, where a trap would cost an exit more in the worst case.
 */
    .arch armv8-a+fp+simd
    .text

    /* void frame_copy(struct exit_frame *to, const struct exit_frame *from) */
    .global frame_copy
frame_copy:
    .irp    offset, 0, 32, 64, 96, 128, 160, 192, 224
    ldp     x2, x3, [x1, #\offset]
    ldp     x4, x5, [x1, #\offset + 16]
    stp     x2, x3, [x0, #\offset]
    stp     x4, x5, [x0, #\offset + 16]
    .endr
    ret

    .macro each_pair instruction
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

    .global fp_save
fp_save:
    each_pair stp
    mrs     x1, fpsr
    mrs     x2, fpcr
    add     x0, x0, #512
    stp     x1, x2, [x0]
    ret

    .global fp_load
fp_load:
    each_pair ldp
    add     x0, x0, #512
    ldp     x1, x2, [x0]
    msr     fpsr, x1
    msr     fpcr, x2
    ret
