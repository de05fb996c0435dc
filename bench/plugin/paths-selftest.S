/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hypervisor of a few instructions and its guest in one program, for the test of the plugin that
 * counts paths (paths.c). On each of up to two CPUs the guest makes 1,000 calls, by turns:
 *
 *     even    3 instructions to its class, 14 more: with accesses to a device, at which QEMU leaves
 *             a block in its midst, the second one right before a loop of 3 rounds
 *     odd     2 to its class, 11 more, with such a loop that is entered from within its block
 *     again   3, which follow each odd one
 */
#define UART_FLAGS 0x09000018
#define PSCI_CPU_ON 0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008
#define CALLS 1000

    .section hypervisor, "ax"
    .globl _start
_start:
    mrs x5, mpidr_el1
    and x5, x5, #0xff
    lsl x0, x5, #12
    msr ttbr0_el2, x0 /* the MMU stays off */
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
    cbnz x5, 1f
    ldr x0, =PSCI_CPU_ON
    mov x1, #1
    adr x2, _start
    smc #0
    cbz x0, 1f /* the other CPU says that it has finished, and perhaps has already */
    ldr x7, =finished /* there is no other one */
    str x0, [x7]
1:  ldr x4, =UART_FLAGS
    eret
    .ltorg

    .balign 2048
    .globl vectors
vectors:
    .space 0x400
    cbnz x2, power_off
    tbnz x1, #0, odd
    b even

    .globl even
even:
    yield /* where CPUs run in turns, the other one's begins: there it may be on its way, too */
    ldr w3, [x4]
    mov x3, #3
    ldr w0, [x4]
1:  nop
    subs x3, x3, #1
    b.ne 1b
    eret

    .globl odd
odd:
    mov x3, #3
1:  nop
    sub x3, x3, #1
    cbnz x3, 1b
    yield
    .globl again
again:
    nop
    nop
    eret

power_off:
    ldr w0, =PSCI_SYSTEM_OFF
    smc #0
    .ltorg

    .section guest, "ax"
guest_start:
    mov x2, #0
    mov x1, #CALLS
calls:
    hvc #0
    subs x1, x1, #1
    b.ne calls
    ldr x7, =finished
    cbz x5, wait
    mov x0, #1
    str x0, [x7]
stay:
    yield
    b stay
wait:
    yield
    ldr x0, [x7]
    cbz x0, wait
    mov x2, #1
    hvc #0
    .ltorg

    .section state, "aw"
    .balign 8
finished:
    .quad 0
