/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exception vectors (Arm DDI 0487, D1.3.1). Each saves all registers in a struct exception_frame
 * (kit/exception.h), calls exception_enter_c(frame, number of the vector) and loads them back.
 *
 * The frame goes onto the stack that was used. A fault of EL1's own may mean that there is none: the stack is used up, or the
 * stack pointer astray. That is looked for first, or the fault would lead to itself for ever. A stack is used up where the frame
 * would be in its guard, to which TPIDR_EL1 points (cpu.c), or in the page below: large frames are tried page by page, a
 * kilobyte above their end. Then the frame goes into the lowest page of that stack: what is there is lost, for nothing returns.
 * The look needs a register, TPIDRRO_EL0, and changes PAR_EL1.
 */
#define FRAME_SP   248
#define FRAME_PC   256
#define FRAME_ESR  272
#define FRAME_Q    288
#define FRAME_FPSR 800
#define FRAME_FPCR 808
#define FRAME_SIZE 816

#define VECTOR_OWN_FAULT 4 /* a synchronous exception of EL1 on its own stack pointer */
#define PAR_FAILED       0 /* bit of PAR_EL1 */
#define PAGE_SIZE        4096

    .macro vector number
    .balign 0x80
    sub     sp, sp, #FRAME_SIZE
    .if     \number == VECTOR_OWN_FAULT
    b       look_at_stack
    .else
    stp     x0, x1, [sp]
    add     x0, sp, #FRAME_SIZE
    mov     x1, #\number
    b       enter
    .endif
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .global exception_vectors
exception_vectors:
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vector  \number
    .endr

    .balign 0x80
look_at_stack:
    msr     tpidrro_el0, x0
    add     x0, sp, x1              /* so x1 is free: it is x0 - sp */
    mov     x1, sp
    tst     x1, #0xf
    b.ne    no_stack
    at      s1e1w, x1
    isb
    mrs     x1, par_el1
    tbnz    x1, #PAR_FAILED, no_stack
    mrs     x1, tpidr_el1
    sub     x1, sp, x1
    cmn     x1, #PAGE_SIZE          /* carry: a page below the guard at most */
    b.cs    no_stack
    mov     x1, sp
    sub     x1, x0, x1
    mrs     x0, tpidrro_el0
    stp     x0, x1, [sp]
    add     x0, sp, #FRAME_SIZE
1:  msr     tpidrro_el0, xzr
    mov     x1, #VECTOR_OWN_FAULT

/* x0: the stack pointer as it was; x1: the vector; sp: the frame, which has x0 and x1 already. */
enter:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    stp     x30, x0, [sp, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #FRAME_PC]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [sp, #FRAME_ESR]
    add     x2, sp, #FRAME_Q
    stp     q0, q1, [x2, #0]
    stp     q2, q3, [x2, #32]
    stp     q4, q5, [x2, #64]
    stp     q6, q7, [x2, #96]
    stp     q8, q9, [x2, #128]
    stp     q10, q11, [x2, #160]
    stp     q12, q13, [x2, #192]
    stp     q14, q15, [x2, #224]
    stp     q16, q17, [x2, #256]
    stp     q18, q19, [x2, #288]
    stp     q20, q21, [x2, #320]
    stp     q22, q23, [x2, #352]
    stp     q24, q25, [x2, #384]
    stp     q26, q27, [x2, #416]
    stp     q28, q29, [x2, #448]
    stp     q30, q31, [x2, #480]
    mrs     x2, fpsr
    mrs     x3, fpcr
    str     x2, [sp, #FRAME_FPSR]
    str     x3, [sp, #FRAME_FPCR]

    mov     x0, sp
    bl      exception_enter_c       /* does not return from a fault without a stack */

    ldr     x2, [sp, #FRAME_FPSR]
    ldr     x3, [sp, #FRAME_FPCR]
    msr     fpsr, x2
    msr     fpcr, x3
    add     x2, sp, #FRAME_Q
    ldp     q0, q1, [x2, #0]
    ldp     q2, q3, [x2, #32]
    ldp     q4, q5, [x2, #64]
    ldp     q6, q7, [x2, #96]
    ldp     q8, q9, [x2, #128]
    ldp     q10, q11, [x2, #160]
    ldp     q12, q13, [x2, #192]
    ldp     q14, q15, [x2, #224]
    ldp     q16, q17, [x2, #256]
    ldp     q18, q19, [x2, #288]
    ldp     q20, q21, [x2, #320]
    ldp     q22, q23, [x2, #352]
    ldp     q24, q25, [x2, #384]
    ldp     q26, q27, [x2, #416]
    ldp     q28, q29, [x2, #448]
    ldp     q30, q31, [x2, #480]
    ldp     x2, x3, [sp, #FRAME_PC]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldr     x30, [sp, #240]
    ldp     x28, x29, [sp, #224]
    ldp     x26, x27, [sp, #208]
    ldp     x24, x25, [sp, #192]
    ldp     x22, x23, [sp, #176]
    ldp     x20, x21, [sp, #160]
    ldp     x18, x19, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, #FRAME_SIZE
    eret

no_stack:
    mov     x1, sp
    sub     x1, x0, x1
    mrs     x0, tpidr_el1
    bic     x0, x0, #(PAGE_SIZE - 1)
    add     x0, x0, #(2 * PAGE_SIZE)
    sub     x0, x0, #FRAME_SIZE
    str     x1, [x0, #8]
    mov     x1, sp
    mov     sp, x0
    mrs     x0, tpidrro_el0
    str     x0, [sp]
    add     x0, x1, #FRAME_SIZE
    b       1b
