/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What GICv2 and GICv3 have in common: registers of the distributor, and how EL2 uses priorities
 * and SGIs (Arm IHI 0048B, 4.3; IHI 0069H, 12.8).
 */
#ifndef ARM_GIC_REGISTERS_H
#define ARM_GIC_REGISTERS_H

#include "plan.h"

/* Distributor, offsets. With a GICv3 those of private interrupts are a redistributor's; with a
 * GICv2 each CPU finds its own in the distributor. */
#define GICD_CTLR       0x0000U
#define GICD_TYPER      0x0004U
#define GICD_IGROUPR    0x0080U
#define GICD_ISENABLER  0x0100U
#define GICD_ICENABLER  0x0180U
#define GICD_ISPENDR    0x0200U
#define GICD_ICPENDR    0x0280U
#define GICD_ISACTIVER  0x0300U
#define GICD_ICACTIVER  0x0380U
#define GICD_IPRIORITYR 0x0400U
#define GICD_ITARGETSR  0x0800U
#define GICD_ICFGR      0x0c00U

/* with two security states: EnableGrp1 of the non-secure view */
#define GICD_CTLR_ENABLE_G0 (1U << 0)
#define GICD_CTLR_ENABLE_G1 (1U << 1)

/** How many INTIDs a distributor has whose GICD_TYPER is @typer. */
#define GICD_TYPER_INTIDS(typer) (32 * (((typer)&0x1f) + 1))

/* Priorities: a kick is the most urgent; what guests' interrupts have at first lies in the
 * middle. */
#define GIC_PRIORITY_KICK  0x00U
#define GIC_PRIORITY_FIRST 0xa0U
/* The CPU interface's mask: lets everything but the lowest priority that there is through. The
 * one above it is what some RTOSes give their tick. */
#define GIC_MASK_LOWEST 0xffU

/* The SGI that says: a virtual SGI has come for the only vCPU of this CPU. */
#define GIC_VIRTUAL_SGI 1U

#define SGIS 0x0000ffffU /* of word 0 */

#define GIC_FIRST_PPI     16U
#define GIC_INTID_SPECIAL PLAN_INTID_END

#endif
