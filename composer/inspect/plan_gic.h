/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controller that a plan speaks of: a GICv3, or a GICv2 with virtualisation. */
#ifndef COMPOSER_PLAN_GIC_H
#define COMPOSER_PLAN_GIC_H

#include "plan_view.h"

/* GICv3: GICD, and each frame of a redistributor (Arm IHI 0069H, 12.8, 12.10) */
#define GIC_FRAME_SIZE 0x10000U
#define GICR_SIZE      0x20000U /* RD_base and SGI_base */
/* GICv2, of which the second page has GICC_DIR only (Arm IHI 0048B, 4.1) */
#define GICC_SIZE      0x2000U
#define GIC_INTERFACES 8U /* the same, 1.2 */

static inline bool plan_has_gicv2(const struct plan *plan)
{
    return plan->gic.version == 2;
}

/** Bytes of the distributor. */
static inline uint64_t plan_gicd_size(const struct plan *plan)
{
    return plan_has_gicv2(plan) ? PLAN_PAGE_SIZE : GIC_FRAME_SIZE;
}

/** GICv2: the page in which VM @vm acknowledges and ends its interrupts. */
uint64_t plan_gic_interface(const struct plan_view *view, uint32_t vm);

/** Where VM @vm sees its redistributors or, with a GICv2, its CPU interface; *@size: how many
 * bytes of it. */
uint64_t plan_gic_rest(const struct plan_view *view, uint32_t vm, uint64_t *size);

/** Whether VM @vm sees an emulated part of its interrupt controller somewhere in [@ipa, @ipa +
 * @size). */
bool plan_gic_is_emulated(const struct plan_view *view, uint32_t vm, uint64_t ipa, uint64_t size);

#endif
