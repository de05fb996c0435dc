/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv3's CPU interface through AArch64 system registers (Arm IHI 0069H, 12.2).
 */
#ifndef ARM64_GICV3_CPU_INTERFACE_H
#define ARM64_GICV3_CPU_INTERFACE_H

#include "sysreg.h"

#define ICC_SRE_EL2     S3_4_C12_C9_5
#define ICC_SRE_EL1     S3_0_C12_C12_5
#define ICC_PMR_EL1     S3_0_C4_C6_0
#define ICC_CTLR_EL1    S3_0_C12_C12_4
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_AP1R0_EL1   S3_0_C12_C9_0
#define ICC_AP1R1_EL1   S3_0_C12_C9_1
#define ICC_AP1R2_EL1   S3_0_C12_C9_2
#define ICC_AP1R3_EL1   S3_0_C12_C9_3
#define ICC_BPR1_EL1    S3_0_C12_C12_3
#define ICC_SGI1R_EL1   S3_0_C12_C11_5
#define ICH_HCR_EL2     S3_4_C12_C11_0

/* The names above are macros: one more round of expansion than read_sysreg and write_sysreg do
 * themselves. */
#define read_icc(name)         read_sysreg(name)
#define write_icc(name, value) write_sysreg(name, value)

/** System registers on, for guests too; the virtual interface off. */
static inline void gic_interface_init(void)
{
    write_icc(ICC_SRE_EL2, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
    isb();
    write_icc(ICC_SRE_EL1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
    write_icc(ICH_HCR_EL2, 0);
    isb();
}

#define ICC_CTLR_PRIORITY_BITS(ctlr) (((ctlr) >> 8 & 7) + 1)

/** Words of active priorities where there are so many bits of priority, which are preemption's:
 * one for each 32. */
static inline uint32_t gic_active_words(uint64_t bits)
{
    return bits <= 5 ? 1 : bits == 6 ? 2 : 4;
}

/** Lets interrupts more urgent than @priority through. */
static inline void gic_interface_open(uint64_t priority)
{
    write_icc(ICC_PMR_EL1, priority);
    write_icc(ICC_IGRPEN1_EL1, 1);
    isb();
}

#define ICC_SGI1R_INTID(sgi) ((uint64_t)(sgi) << 24) /* added to plan_cpu.sgi0 */

/** Sends the SGI, after all stores so far. */
static inline void gic_interface_send(uint64_t value)
{
    dsb_sy();
    write_icc(ICC_SGI1R_EL1, value); /* in effect at the latest with the return from EL2 */
}

#endif
