/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the GICv3 (Arm IHI 0069H, chapter 12).
 */
#ifndef ARM_GICV3_H
#define ARM_GICV3_H

#include "el2_map.h"
#include "gic_registers.h"

/* Distributor (12.8), beyond what a GICv2 has. */
#define GICD_IGRPMODR    0x0d00U
#define GICD_IROUTER     0x6000U
#define GICD_IROUTER_END 0x8000U
#define GICD_PIDR2       0xffe8U

#define GICD_CTLR_ARE    (1U << 4)
#define GICD_CTLR_RWP    (1U << 31)
#define GICD_IROUTER_ANY (1ULL << 31) /* to any participating CPU */

/* What a guest may see of GICD_TYPER: ITLinesNumber, CPUNumber, SecurityExtn, IDbits, A3V, No1N,
 * RSS; no LPIs, no message-based SPIs, no extended SPIs. */
#define GICD_TYPER_SHOWN 0x07f804ffU

/* Redistributor (12.10): two frames of 64 KB; the second one's registers lie as the
 * distributor's do. */
#define GICR_CTLR      0x0000U
#define GICR_TYPER     0x0008U
#define GICR_WAKER     0x0014U
#define GICR_PIDR2     0xffe8U
#define GICR_SGI_FRAME 0x10000U

#define GICR_CTLR_RWP              (1U << 3)
#define GICR_CTLR_UWP              (1U << 31)
#define GICR_WAKER_SLEEP           (1U << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1U << 2)
#define GICR_TYPER_LAST            (1ULL << 4)
#define GICR_TYPER_AFFINITY_SHIFT  32

/** The affinity of @mpidr as GICR_TYPER has it. */
#define GICR_AFFINITY(mpidr) (((mpidr) >> 32 & 0xff) << 24 | ((mpidr)&0xffffff))

/* The SGI that wakes a CPU. Guests use the same number among themselves; it only ever ends a
 * sleep. */
#define GIC_KICK_SGI 0U

/* ICC_SGI1R_EL1 (12.2.21). */
#define SGI1R_ALL        (1ULL << 40)          /* all but the sender */
#define SGI1R_CLUSTER    0x00fff0ff00ff0000ULL /* affinities 3, 2, 1 and which 16 of affinity 0 */
#define SGI1R_TARGETS    0xffffU
#define SGI1R_INTID_MASK (0xfULL << 24)
#define SGI1R_INTID(v)   ((uint32_t)((v) >> 24) & 0xf)

#define GIC_ARCHITECTURE_3 0x30U /* PIDR2.ArchRev */

/** The redistributor of CPU @cpu (index in the plan), mapped for the CPUs of one VM. */
static inline unsigned long gic_redistributor(unsigned cpu)
{
    return EL2_GICR + cpu * (unsigned long)EL2_GICR_STRIDE;
}

#endif
