/* SPDX-License-Identifier: Apache-2.0 */
/* See wild.h. Its vectors lead to its own code, so each exception is one more turn. That code lies behind the table: in it, the
 * hypervisor would take the second turn for one that never ends, and stop the VM. */
#define GICC_CTLR     0
#define GICC_PMR      4
#define HC_YIELD_HIGH 0xc600
#define HC_YIELD_LOW  0x0010

    .section .text.wild, "ax"
    .global wild_entry
wild_entry:
    mov     x20, x0                 /* a GICv2's CPU interface, or 0 */
    b       wild_turn

    .balign 2048
wild_vectors:
    .rept   16
    .balign 0x80
    adr     x1, wild_turn
    br      x1
    .endr
    .balign 2048
wild_turn:
    adr     x1, wild_vectors
    msr     vbar_el1, x1
    mov     x0, #0xff               /* a vCPU with direct interrupts that masks all and sleeps is out of reach */
    mov     x1, #1
    cbz     x20, 1f
    str     w0, [x20, #GICC_PMR]
    str     w1, [x20, #GICC_CTLR]
    b       2f
1:  msr     icc_pmr_el1, x0
    msr     icc_igrpen1_el1, x1
2:  movz    x0, #HC_YIELD_HIGH, lsl #16
    movk    x0, #HC_YIELD_LOW
    hvc     #0
    wfi
    mov     x1, #0x0f000000          /* nothing there */
    ldr     w1, [x1]
    b       wild_turn
