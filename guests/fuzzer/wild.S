/* SPDX-License-Identifier: Apache-2.0 */
/* See wild.h. Its vectors lead to its own code, so each exception is one more turn. That code lies behind the table: in it, the
 * hypervisor would take the second turn for one that never ends, and stop the VM. */
#define HC_YIELD_HIGH 0xc600
#define HC_YIELD_LOW  0x0010

    .section .text.wild, "ax"
    .balign 2048
    .global wild_entry
wild_entry:
    .rept   16
    .balign 0x80
    adr     x1, wild_turn
    br      x1
    .endr
    .balign 2048
wild_turn:
    adr     x1, wild_entry
    msr     vbar_el1, x1
    mov     x0, #0xff               /* a vCPU with direct interrupts that masks all and sleeps is out of reach */
    msr     icc_pmr_el1, x0
    mov     x0, #1
    msr     icc_igrpen1_el1, x0
    movz    x0, #HC_YIELD_HIGH, lsl #16
    movk    x0, #HC_YIELD_LOW
    hvc     #0
    wfi
    mov     x1, #0x0f000000          /* nothing there */
    ldr     w1, [x1]
    b       wild_turn
