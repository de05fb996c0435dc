/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AArch32, which guests can have at EL0 only: its instructions may have a condition, and be 16 bits
 * long.
 */
#ifndef ARM64_AARCH32_H
#define ARM64_AARCH32_H

#include <stdbool.h>
#include <stdint.h>

/** Whether the trapped instruction of @esr would have been executed: one whose condition fails
 * may be trapped all the same (Arm DDI 0487, ESR_EL2, ISS encoding for an exception from an MCR
 * or MRC access). True in AArch64. */
bool aarch32_condition_holds(uint64_t esr);

/** vcpu_skip_instruction for code that may be AArch32. */
void aarch32_skip_instruction(void);

#endif
