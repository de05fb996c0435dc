/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List registers by number: each has an instruction of its own, so the number selects where to jump.
 */
    .text

    /* uint64_t lr_read(uint64_t n): 0 to 15 */
    .global lr_read
lr_read:
    adr     x1, 1f
    add     x1, x1, x0, lsl #3
    br      x1
1:
    .irp    register, S3_4_C12_C12_0, S3_4_C12_C12_1, S3_4_C12_C12_2, S3_4_C12_C12_3, S3_4_C12_C12_4, S3_4_C12_C12_5, S3_4_C12_C12_6, S3_4_C12_C12_7, S3_4_C12_C13_0, S3_4_C12_C13_1, S3_4_C12_C13_2, S3_4_C12_C13_3, S3_4_C12_C13_4, S3_4_C12_C13_5, S3_4_C12_C13_6, S3_4_C12_C13_7
    mrs     x0, \register
    ret
    .endr

    /* void lr_write(uint64_t n, uint64_t value) */
    .global lr_write
lr_write:
    adr     x2, 1f
    add     x2, x2, x0, lsl #3
    br      x2
1:
    .irp    register, S3_4_C12_C12_0, S3_4_C12_C12_1, S3_4_C12_C12_2, S3_4_C12_C12_3, S3_4_C12_C12_4, S3_4_C12_C12_5, S3_4_C12_C12_6, S3_4_C12_C12_7, S3_4_C12_C13_0, S3_4_C12_C13_1, S3_4_C12_C13_2, S3_4_C12_C13_3, S3_4_C12_C13_4, S3_4_C12_C13_5, S3_4_C12_C13_6, S3_4_C12_C13_7
    msr     \register, x1
    ret
    .endr
