/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells: the way of a store to a doorbell page through EL2, and what HC_RING shares with it (doorbell.h).
 */
#include "el2_map.h"
#include "asm_numbers.h"

    /* When each doorbell may be rung next, in ns: by its senders, who compare and exchange. */
    .section .shared.doorbells, "aw", %nobits
    .balign 8
next_ring:
    .skip   DOORBELL_COUNT * 8

    .text

    /* int64_t doorbell_ring(uint64_t number) */
    .global doorbell_ring
doorbell_ring:
    ldr     x2, this_cpu + THIS_CPU_VM
    ldr     x3, [x2, #VM_DOORBELLS]
    lsl     x1, x0, #12
    cmp     x0, x3, lsr #32
    b.lo    ring
    mov     x0, #HC_NOT_ALLOWED
    ret

    /* Rings doorbell number x1 / PLAN_PAGE_SIZE of those that plan_array x3 has. Returns HC_OK or HC_ERR_AGAIN; changes
     * x0 to x6. */
ring:
    adr     x0, plan
    add     x0, x0, w3, uxtw
    add     x0, x0, x1, lsr #(12 - DOORBELL_SHIFT)
    ldp     w2, w3, [x0]                    /* interrupt, limiter */
    ldr     x4, [x0, #DOORBELL_INTERVAL]
    cbz     x4, 1f
    adr     x5, next_ring
    add     x5, x5, x3, lsl #3
    mrs     x0, cntpct_el0
    ldr     x6, clock_factors               /* ns_per_tick */
    mul     x1, x0, x6
    umulh   x0, x0, x6
    extr    x0, x0, x1, #32
    ldxr    x1, [x5]
    cmp     x0, x1
    b.lo    2f
    add     x0, x0, x4
    stxr    w1, x0, [x5]
    cbnz    w1, 2f                          /* another core of the VM rings it at the same time */
1:  dsb     ishst                           /* the receiver finds what the sender has stored */
    lsr     w0, w2, #5
    ldr     x1, =(EL2_GICD + ISPENDR)
    mov     w3, #1
    lsl     w3, w3, w2
    str     w3, [x1, w0, uxtw #2]
    mov     x0, #0
    ret
2:  mov     x0, #HC_AGAIN
    ret

    /* A data abort; what is no doorbell goes on to exit_stage2 as it came. A doorbell that may not be rung yet leaves the
     * guest at its store, so that it tries again, and takes its interrupts before. */
    .global exit_data_abort
exit_data_abort:
    ldr     x2, this_cpu + THIS_CPU_VM
    mrs     x1, hpfar_el2
    ldp     x4, x3, [x2, #VM_DOORBELL_IPA]  /* x3: struct plan_array doorbells */
    lsl     x1, x1, #8
    sub     x1, x1, x4
    cmp     x1, x3, lsr #20                 /* its count times PLAN_PAGE_SIZE: its offset is less than 2^20 */
    b.hs    exit_stage2
    str     x0, [sp]
    mrs     x0, esr_el2
    ubfx    w4, w0, #22, #3
    ubfx    w0, w0, #2, #6
    cmp     w4, #0x6                        /* ISV, SAS: 4 bytes */
    ccmp    w0, #0x11, #0, eq               /* WnR, no S1PTW, a translation fault */
    b.ne    4f
    bl      ring
    cbnz    x0, 3f
    mrs     x0, elr_el2
    add     x0, x0, #4
    msr     elr_el2, x0
3:  ldp     x5, x6, [sp, #40]               /* what was changed */
    ldp     x3, x4, [sp, #24]
    ldp     x1, x2, [sp, #8]
    ldp     x16, x17, [sp, #128]
    ldr     x30, [sp, #FRAME_LINK]
    ldr     x0, [sp]
    eret
4:  ldr     x0, [sp]
    b       exit_stage2
