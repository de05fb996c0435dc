/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature registers by number: each has an instruction of its own, so the number selects where to jump.
 */
#include "feature_registers.h"

#define READ(crm, op2, shown, unshared) mrs x0, S3_0_C0_C##crm##_##op2; ret;

    .text

    /* uint64_t feature_register_hardware(uint64_t index): a row of FEATURE_REGISTERS */
    .global feature_register_hardware
feature_register_hardware:
    adr     x1, 1f
    add     x1, x1, x0, lsl #3
    br      x1
1:
    FEATURE_REGISTERS(READ)
