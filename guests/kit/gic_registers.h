/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the GICv3 (Arm IHI 0069H, chapter 12), and what the two halves of the driver share.
 */
#ifndef KIT_GIC_REGISTERS_H
#define KIT_GIC_REGISTERS_H

#include <stdint.h>

#define GIC_FIRST_PPI 16U
#define GIC_FIRST_SPI 32U

/* Distributor; those from IGROUPR to ICFGR are at the same offsets in a redistributor's SGI_base. */
#define GICD_CTLR       0x0000U
#define GICD_IGROUPR    0x0080U
#define GICD_ISENABLER  0x0100U
#define GICD_ICENABLER  0x0180U
#define GICD_ISPENDR    0x0200U
#define GICD_IPRIORITYR 0x0400U
#define GICD_ICFGR      0x0c00U
#define GICD_IROUTER    0x6000U

#define GICD_CTLR_ENABLE_GROUP1 (1U << 1)
#define GICD_CTLR_ARE_NS        (1U << 4)
#define GICD_CTLR_RWP           (1U << 31)

/* Redistributor. */
#define GICR_TYPER    0x0008U
#define GICR_WAKER    0x0014U
#define GICR_SGI_BASE 0x10000U
#define GICR_SIZE     0x20000U

#define GICR_TYPER_VLPIS           (1U << 1)
#define GICR_TYPER_LAST            (1U << 4)
#define GICR_WAKER_PROCESSOR_SLEEP (1U << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1U << 2)

/** Makes this CPU's interface ready: all priorities pass, Group 1 on. */
void gic_interface_start(void);

#endif
