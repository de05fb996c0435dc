/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv3's hypervisor control interface through AArch64 system registers (Arm IHI 0069H, 12.4).
 */
#ifndef ARM64_GICV3_VIRTUAL_INTERFACE_H
#define ARM64_GICV3_VIRTUAL_INTERFACE_H

#include "cpu_interface.h"

#define ICC_IAR1_EL1  S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_DIR_EL1   S3_0_C12_C11_1
#define ICC_RPR_EL1   S3_0_C12_C11_3
#define ICH_AP0R0_EL2 S3_4_C12_C8_0
#define ICH_AP0R1_EL2 S3_4_C12_C8_1
#define ICH_AP0R2_EL2 S3_4_C12_C8_2
#define ICH_AP0R3_EL2 S3_4_C12_C8_3
#define ICH_AP1R0_EL2 S3_4_C12_C9_0
#define ICH_AP1R1_EL2 S3_4_C12_C9_1
#define ICH_AP1R2_EL2 S3_4_C12_C9_2
#define ICH_AP1R3_EL2 S3_4_C12_C9_3
#define ICH_VTR_EL2   S3_4_C12_C11_1
#define ICH_MISR_EL2  S3_4_C12_C11_2
#define ICH_ELRSR_EL2 S3_4_C12_C11_5
#define ICH_VMCR_EL2  S3_4_C12_C11_7

#define ICC_CTLR_EOIMODE 2ULL /* end and deactivate are two steps */

#define VIF_EN (1ULL << 0)
/* interrupt when the guest ended one that is in no list register */
#define VIF_LRENPIE (1ULL << 2)
#define VIF_NPIE    (1ULL << 3) /* interrupt when no list register is pending */
/* trap what both groups have: SGI1R, PMR, CTLR, RPR, DIR, SGI0R, ASGI1R */
#define ICH_HCR_TC    (1ULL << 10)
#define ICH_HCR_TALL0 (1ULL << 11) /* trap the registers of group 0 */
#define VIF_TDIR      (1ULL << 14) /* trap writes to ICC_DIR_EL1 */
#define VIF_EOI_SHIFT 27
#define VIF_EOI_MASK  0x1fULL

#define ICH_VTR_LISTS(vtr)   (((vtr)&0x1f) + 1)
#define ICH_VTR_PREBITS(vtr) (((vtr) >> 26 & 7) + 1)

/* A list register. */
#define LR_PENDING (1ULL << 62)
#define LR_ACTIVE  (1ULL << 63)
#define LR_STATE   (3ULL << 62)
#define LR_HW      (1ULL << 61)
#define LR_GROUP1  (1ULL << 60)
/* EOI: not LR_HW; its end raises the maintenance interrupt */
#define LR_END_TOLD       (1ULL << 41)
#define LR_PRIORITY_SHIFT 48
#define LR_PINTID_SHIFT   32
#define LR_PRIORITY_BITS  0xffU /* what it has of a priority */
#define LR_INTID(lr)      ((uint32_t)(lr))
#define LR_PRIORITY(lr)   ((uint8_t)((lr) >> LR_PRIORITY_SHIFT))

#define ICH_LR0_EL2 S3_4_C12_C12_0
#define ICH_LR1_EL2 S3_4_C12_C12_1

#endif
