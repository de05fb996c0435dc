/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESR_EL2.ISS of a trapped MSR, MRS or System instruction (Arm DDI 0487).
 */
#ifndef ARM64_SYSREG_ISS_H
#define ARM64_SYSREG_ISS_H

#define ISS_READ     1U
#define ISS_REG(iss) ((unsigned)((iss) >> 5) & 0x1f)
#define ISS_OP0(iss) ((iss) >> 20 & 3)
#define ISS_OP1(iss) ((iss) >> 14 & 7)
#define ISS_ENCODING 0x3ffc1eU
#define ISS_CODE(op0, op1, crn, crm, op2)                                                          \
    ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)

#endif
