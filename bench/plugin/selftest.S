/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hypervisor of a few instructions and its guest in one program, for the test of the counting plugin: every
 * number that it should report can be read here.
 *
 *     boot               11 instructions up to the first ERET
 *     section 1          1,000 exits of 4 or 6 instructions each, by turns
 *     section 2          none, in a loop that executes code of the guest only
 *     odd_call           called 500 times by vectors, 5 instructions each
 *     series 2:3         1,000 steps: the exit, and 2 instructions of the guest, the second of the two hints being one
 *     moments            2,002 instructions of the guest: 999 rounds of the loop, and the block of moment 1
 */
    .section hypervisor, "ax"
    .globl _start
_start:
    adr x0, vectors
    msr vbar_el2, x0
    mov x0, #1
    lsl x0, x0, #31 /* HCR_EL2.RW */
    msr hcr_el2, x0
    adr x0, guest_start
    msr elr_el2, x0
    mov x0, #0x3c5 /* EL1h, all masked */
    msr spsr_el2, x0
    isb
    eret

    .balign 2048
    .globl vectors
vectors:
    .space 0x400
    tbnz x1, #0, odd_call
    cbnz x2, power_off
    nop
    eret
odd_call:
    cbnz x2, power_off
    nop
    nop
    nop
    eret
power_off:
    ldr w0, =0x84000008
    smc #0
    .ltorg

    .section guest, "ax"
guest_start:
    mov x2, #0
    mov x1, #1000
    hint #97
calls:
    hint #82
    hvc #0
    hint #83
    subs x1, x1, #1
    b.ne calls
    hint #98
    hint #80
    mov x1, #1000
quiet:
    subs x1, x1, #1
    b.ne quiet
    hint #81
    hint #96
    mov x2, #1
    hvc #0
