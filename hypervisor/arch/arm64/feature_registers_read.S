/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature registers by number: each has an instruction of its own, so the number selects where to jump.
 */
    .text

    /* uint64_t feature_register_hardware(uint64_t number): 0 to 55 */
    .global feature_register_hardware
feature_register_hardware:
    adr     x1, 1f
    add     x1, x1, x0, lsl #3
    br      x1
1:
    .irp    crm, 1, 2, 3, 4, 5, 6, 7
    .irp    op2, 0, 1, 2, 3, 4, 5, 6, 7
    mrs     x0, S3_0_C0_C\crm\()_\op2
    ret
    .endr
    .endr
