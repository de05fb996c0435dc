/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest guest: it switches its machine off with its third instruction. A raw binary, run wherever it lies;
 * FILLING bytes make the image larger.
 */
    .text
    mov w0, #0x0008 /* PSCI SYSTEM_OFF (Arm DEN 0022, 5.1.9) */
    movk w0, #0x8400, lsl #16
    hvc #0
#ifdef FILLING
    .fill FILLING, 1, 0xa5
#endif
