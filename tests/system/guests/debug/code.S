/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See code.h. Runs at EL1 by user_enter, which gives x0.
 */
#include "guest.h"

    .text
    .global code_here, code_there, code_store, code_traps, code_traps_end, code_sends, code_sends_end, code_sends_v2, code_sends_v2_end, code_rings, code_rings_end
code_here:
    nop
    svc     #0
code_there:
    nop
    svc     #0
code_store:
    str     xzr, [x0]
    svc     #0

    /* Each instruction that the hypervisor may do in the guest's place. */
code_traps:
    nop
    mrs     x1, id_aa64pfr0_el1
    mrs     x1, dbgbcr0_el1
    msr     dbgbvr1_el1, xzr
    adrp    x2, code_device
    ldr     x2, [x2, :lo12:code_device]
    ldr     w1, [x2]
    movz    x0, #(HC_NULL >> 16), lsl #16
    hvc     #0
    movz    x0, #(HC_YIELD >> 16), lsl #16
    movk    x0, #(HC_YIELD & 0xffff)
    hvc     #0
    movz    x0, #0x8400, lsl #16            /* PSCI_VERSION */
    smc     #0
    wfi
    dc      cisw, xzr
    nop
code_traps_end:
    svc     #0

    /* An SGI to the VM's second vCPU: a way of its own (sgi_exit). */
code_sends:
    mov     x1, #2
    msr     S3_0_C12_C11_5, x1              /* ICC_SGI1R_EL1 */
    nop
code_sends_end:
    svc     #0

    /* The same on a GICv2. x0: GICD_SGIR, which is told to send it to all others. */
code_sends_v2:
    movz    x1, #0x0100, lsl #16
    str     w1, [x0]
    nop
code_sends_v2_end:
    svc     #0

    /* x0: a doorbell page; another way of its own (doorbell_exit). */
code_rings:
    nop
    str     wzr, [x0]
    nop
code_rings_end:
    svc     #0

    .data
    .balign 8
    .global code_device
code_device:
    .quad   0
