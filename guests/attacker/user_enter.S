/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user.h: to EL0 and back. EL1's stack pointer stays where it is meanwhile.
 */
    .text
    .global user_enter
    .global user_return
user_enter:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    msr     sp_el0, x3
    mov     x0, x2
    eret
user_return:
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
