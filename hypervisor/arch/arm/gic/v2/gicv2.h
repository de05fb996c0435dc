/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the GICv2 (Arm IHI 0048B, chapters 4 and 5).
 */
#ifndef ARM_GICV2_H
#define ARM_GICV2_H

#include "el2_map.h"
#include "gic_registers.h"

/* Distributor (4.3), beyond what a GICv3 has. The registers of private interrupts are banked: each
 * CPU finds its own.
 */
#define GICD_PPISR 0x0d00U
#define GICD_SGIR  0x0f00U
/* a byte for each SGI: a bit for each CPU interface that it may come from */
#define GICD_CPENDSGIR 0x0f10U
#define GICD_SPENDSGIR 0x0f20U
#define GICD_SGI_END   0x0f30U
#define GICD_PIDR2     0x0fe8U

#define GIC_ARCHITECTURE_2 0x20U /* PIDR2.ArchRev */

/* What a guest may see of GICD_TYPER: ITLinesNumber. CPUNumber is put there. */
#define GICD_TYPER_LINES     0x1fU
#define GICD_TYPER_CPUS      0xe0U
#define GICD_TYPER_CPU_SHIFT 5

/* The SGI that wakes a CPU, as with a GICv3. Where interrupts are direct its guest can neither
 * mask it nor choose its priority: so it is the one that guests use last. Those from 8 on may be
 * the secure firmware's. */
#define GIC_KICK_SGI 7U

/* GICD_SGIR (4.3.15). */
#define SGIR_FILTER(v)    ((v) >> 24 & 3)
#define SGIR_FILTER_LIST  0U
#define SGIR_FILTER_OTHER 1U
#define SGIR_FILTER_SELF  2U
#define SGIR_LIST_SHIFT   16
#define SGIR_LIST(v)      ((v) >> SGIR_LIST_SHIFT & 0xff)
#define SGIR_INTID(v)     ((v)&0xf)

/* CPU interface (4.4), offsets. */
#define GICC_CTLR   0x0000U
#define GICC_PMR    0x0004U
#define GICC_BPR    0x0008U
#define GICC_IAR    0x000cU
#define GICC_EOIR   0x0010U
#define GICC_RPR    0x0014U
#define GICC_ABPR   0x001cU
#define GICC_APR    0x00d0U
#define GICC_NSAPR  0x00e0U
#define GICC_DIR    0x1000U /* alone in the second page */
#define GICC_APRS   4U
#define GICC_ENABLE 1U        /* of the interrupts that guests have */
#define GICC_SPLIT  (1U << 9) /* EOImode: end and deactivate are two steps */

#define GICC_IAR_INTID 0x3ffU

/* Control of the virtual interface (5.3), offsets. */
#define GICH_HCR   0x0000U
#define GICH_VTR   0x0004U
#define GICH_VMCR  0x0008U
#define GICH_MISR  0x0010U
#define GICH_ELRSR 0x0030U
#define GICH_APR   0x00f0U
#define GICH_LR    0x0100U

#define GICH_VTR_LISTS(vtr) (((vtr)&0x3f) + 1)

/* GICH_HCR. */
#define VIF_EN        (1U << 0)
#define VIF_LRENPIE   (1U << 2) /* interrupt when the guest ended one that is in no list register */
#define VIF_NPIE      (1U << 3) /* interrupt when no list register is pending */
#define VIF_TDIR      0U        /* GICC_DIR is in no page that a guest has: it always comes here */
#define VIF_EOI_SHIFT 27
#define VIF_EOI_MASK  0x1fU

/* A list register. */
#define LR_PENDING        (1U << 28)
#define LR_ACTIVE         (1U << 29)
#define LR_STATE          (3U << 28)
#define LR_HW             (1U << 31)
#define LR_END_TOLD       (1U << 19) /* EOI: not LR_HW; its end raises the maintenance interrupt */
#define LR_PRIORITY_SHIFT 23
#define LR_PINTID_SHIFT   10
#define LR_SOURCE_SHIFT   10 /* CPUID of an SGI */
#define LR_SOURCE_MASK    7U
#define LR_INTID(lr)      ((lr)&0x3ff)
#define LR_PRIORITY(lr)   ((uint8_t)((lr) >> LR_PRIORITY_SHIFT << 3))

/* What it has of a priority. The distributor may have more bits: guests have these, whatever
 * their interrupts are. */
#define LR_PRIORITY_BITS 0xf8U

#endif
