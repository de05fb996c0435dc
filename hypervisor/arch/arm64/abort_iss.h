/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESR_EL2.ISS of a data abort (Arm DDI 0487, ISS encoding for an exception from a Data Abort).
 */
#ifndef ARM64_ABORT_ISS_H
#define ARM64_ABORT_ISS_H

#define ISS_ISV             (1U << 24) /* the fields below are valid */
#define ISS_SIZE(esr)       (1U << ((esr) >> 22 & 3))
#define ISS_SIZE_MASK       (3U << 22)
#define ISS_SIZE_4          (2U << 22)
#define ISS_SIGNED          (1U << 21)
#define ISS_REG(esr)        ((unsigned)((esr) >> 16) & 0x1f)
#define ISS_64BIT           (1U << 15)
#define ISS_CACHE           (1U << 8) /* cache maintenance, or an address translation instruction */
#define ISS_S1PTW           (1U << 7)
#define ISS_WRITE           (1U << 6)
#define ISS_FSC_KIND        0x3cU
#define ISS_FSC_TRANSLATION 0x04U
#define ISS_FSC_PERMISSION  0x0cU

#endif
