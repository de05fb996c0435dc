/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endian.h. While EE is set nothing but the access itself may touch memory, so faults go to vectors that only count
 * in a register and skip the instruction.
 */
#define SCTLR_MMU   (1 << 0)
#define SCTLR_CACHE (1 << 2)
#define SCTLR_EE    (1 << 25)

    .text
    .global endian_read_big
endian_read_big:
    mrs     x9, sctlr_el1
    mrs     x10, vbar_el1
    mov     x11, #0                 /* faults */
    mov     x13, #0
    adrp    x12, counting_vectors
    add     x12, x12, :lo12:counting_vectors
    bic     x14, x9, #SCTLR_MMU
    bic     x14, x14, #SCTLR_CACHE
    orr     x14, x14, #SCTLR_EE
    msr     vbar_el1, x12
    isb
    msr     sctlr_el1, x14
    isb
    ldr     w13, [x0]
    dsb     sy
    msr     sctlr_el1, x9
    isb
    msr     vbar_el1, x10
    isb
    str     x11, [x1]
    mov     w0, w13
    ret

    .section .text.vectors, "ax"
    .balign 2048
counting_vectors:
    .rept   16
    .balign 0x80
    add     x11, x11, #1
    mrs     x15, elr_el1
    add     x15, x15, #4
    msr     elr_el1, x15
    eret
    .endr
