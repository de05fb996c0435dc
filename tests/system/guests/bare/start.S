/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and vectors of the bare guests. Runs at any address with the MMU off; the second entry is 64 bytes on.
 */
    .section .text.start, "ax"
    .global _start
_start:
    mov     x2, #1
    b       begin
    .balign 64
other_start:
    mov     x2, #2
begin:
    adr     x1, _start
    adrp    x3, stack_top
    add     sp, x3, :lo12:stack_top
    adrp    x3, vectors
    add     x3, x3, :lo12:vectors
    msr     vbar_el1, x3
    isb
    bl      bare_main
    ldr     x0, =0x84000008                 /* SYSTEM_OFF */
    hvc     #0
1:  wfi
    b       1b

    .macro  save
    sub     sp, sp, #192
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    .endm

    .macro  restore
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #192
    .endm

    .text
    .balign 0x800
vectors:
    .rept   4
    .balign 0x80
    b       .
    .endr
    .balign 0x80
    b       exception
    .balign 0x80
    b       interrupt
    .rept   10
    .balign 0x80
    b       .
    .endr

exception:
    save
    mrs     x0, elr_el1
    add     x0, x0, #4
    msr     elr_el1, x0
    mrs     x0, esr_el1
    bl      bare_exception
    restore
    eret

interrupt:
    save
    bl      bare_interrupt
    restore
    eret

    .bss
    .balign 16
    .skip   4096
stack_top:
