/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vectors of a CPU whose branches a guest could steer from the path through EL2 (speculation.c): each takes away what
 * the guest has taught the predictors, then goes on where the common ones begin (vectors.S). No branch by register is
 * executed before. What it needs of registers is stored where the exit will store it again.
 */
    .section .text.hardened, "ax"

    .macro hardened_slot offset
    .balign 0x80
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    ldr     w0, hardened_call
    cbz     w0, 1f
    smc     #0                              /* changes x0 to x3 at most: version 1.1 of the convention */
    b       3f
1:  ldr     w0, hardened_rounds
    cbz     w0, 3f
2:  b       4f                              /* rounds: SPECULATION_MAX_ROUNDS at most */
4:  subs    w0, w0, #1
    b.ne    2b
3:  hint    #22                             /* CLRBHB; nothing on other CPUs */
    dsb     nsh
    isb
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    b       vectors + \offset
    .endm

    .balign 0x800
vectors_hardened:
    /* From EL2 itself: nothing to take away. */
    .irp    offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380
    .balign 0x80
    b       vectors + \offset
    .endr
    .irp    offset, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
    hardened_slot \offset
    .endr
    .balign 0x80

    .text
    .global vectors_harden                  /* void vectors_harden(void) */
vectors_harden:
    adr     x0, vectors_hardened
    msr     vbar_el2, x0
    ret
