/* SPDX-License-Identifier: Apache-2.0 */
/* See round.h. */
#define NZCV 248
#define V    288

    .text
    .global round_run
    .type round_run, %function
round_run:
    sub     sp, sp, #208
    stp     x19, x20, [sp]
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    stp     d8, d9, [sp, #96]
    stp     d10, d11, [sp, #112]
    stp     d12, d13, [sp, #128]
    stp     d14, d15, [sp, #144]
    stp     x1, x2, [sp, #160]              /* out, function */
    str     x3, [sp, #176]                  /* argument */
    mrs     x4, fpcr
    str     x4, [sp, #192]

    add     x1, x0, #V
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr     q\n, [x1], #16
    .endr
    ldp     x1, x2, [x0, #NZCV]
    msr     nzcv, x1
    msr     fpsr, x2
    ldr     x1, [x0, #NZCV + 16]
    msr     fpcr, x1
    ldp     x2, x3, [x0, #16]
    .irp    n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    ldr     x\n, [x0, #8 * \n]
    .endr
    ldr     x1, [sp, #176]
    ldr     x0, [sp, #168]
    cbz     x0, 1f
    hvc     #0
    b       2f
1:  sub     x1, x1, #1
    cbnz    x1, 1b
2:  str     x30, [sp, #184]
    ldr     x30, [sp, #160]
    stp     x0, x1, [x30]
    stp     x2, x3, [x30, #16]
    stp     x4, x5, [x30, #32]
    stp     x6, x7, [x30, #48]
    stp     x8, x9, [x30, #64]
    stp     x10, x11, [x30, #80]
    stp     x12, x13, [x30, #96]
    stp     x14, x15, [x30, #112]
    stp     x16, x17, [x30, #128]
    stp     x18, x19, [x30, #144]
    stp     x20, x21, [x30, #160]
    stp     x22, x23, [x30, #176]
    stp     x24, x25, [x30, #192]
    stp     x26, x27, [x30, #208]
    stp     x28, x29, [x30, #224]
    ldr     x0, [sp, #184]
    str     x0, [x30, #240]
    mrs     x0, nzcv
    mrs     x1, fpsr
    stp     x0, x1, [x30, #NZCV]
    mrs     x0, fpcr
    str     x0, [x30, #NZCV + 16]
    add     x1, x30, #V
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    str     q\n, [x1], #16
    .endr
    ldr     x4, [sp, #192]
    msr     fpcr, x4
    ldp     x19, x20, [sp]
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    ldp     d8, d9, [sp, #96]
    ldp     d10, d11, [sp, #112]
    ldp     d12, d13, [sp, #128]
    ldp     d14, d15, [sp, #144]
    add     sp, sp, #208
    ret
