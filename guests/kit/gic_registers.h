/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the GICv2 (Arm IHI 0048B, chapter 4) and of the GICv3 (Arm IHI 0069H, chapter 12).
 */
#ifndef KIT_GIC_REGISTERS_H
#define KIT_GIC_REGISTERS_H

#define GIC_FIRST_PPI 16U
#define GIC_FIRST_SPI 32U

/* Distributor; those from IGROUPR to ICFGR are at the same offsets in a GICv3's SGI_base. */
#define GICD_CTLR       0x0000U
#define GICD_IGROUPR    0x0080U
#define GICD_ISENABLER  0x0100U
#define GICD_ICENABLER  0x0180U
#define GICD_ISPENDR    0x0200U
#define GICD_IPRIORITYR 0x0400U
#define GICD_ICFGR      0x0c00U

/* Distributor of a GICv2. */
#define GICD_ITARGETSR 0x0800U
#define GICD_SGIR      0x0f00U
#define GICD_CPENDSGIR 0x0f10U
#define GICD_SPENDSGIR 0x0f20U
#define GICD_V2_SIZE   0x1000U

#define GICD_CTLR_ENABLE        1U
#define GICD_SGIR_TARGETS_SHIFT 16U
#define GICD_SGIR_LISTED        (0U << 24) /* to whom it is sent: the targets, */
#define GICD_SGIR_OTHERS        (1U << 24) /* all but the sender, */
#define GICD_SGIR_SELF          (2U << 24) /* or the sender */

/* CPU interface of a GICv2. */
#define GICC_CTLR  0x0000U
#define GICC_PMR   0x0004U
#define GICC_BPR   0x0008U
#define GICC_IAR   0x000cU
#define GICC_EOIR  0x0010U
#define GICC_RPR   0x0014U
#define GICC_HPPIR 0x0018U
#define GICC_APR   0x00d0U /* four, and four of the other group */
#define GICC_DIR   0x1000U

#define GICC_APR_END 0x00f0U

#define GICC_CTLR_ENABLE  1U
#define GICC_CTLR_EOIMODE (1U << 9)

/* Distributor of a GICv3. */
#define GICD_IROUTER 0x6000U

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

#endif
