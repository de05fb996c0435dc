/* SPDX-License-Identifier: Apache-2.0 */
/* Where a VM sees its interrupt controller: where the board has it. */
#ifndef COMPOSER_GIC_WINDOW_H
#define COMPOSER_GIC_WINDOW_H

#include "board.h"

#define GICD_SIZE_V3 0x10000ULL /* Arm IHI 0069H, 12.8 */
#define GICD_SIZE_V2 0x1000ULL  /* Arm IHI 0048B, 4.1 */
#define GICR_SIZE    0x20000ULL /* two frames of 64 KB for each vCPU (Arm IHI 0069H, 12.10) */
#define GICC_SIZE    0x2000ULL  /* Arm IHI 0048B, 4.1 */

static inline struct range gic_window_distributor(const struct board *board)
{
    return (struct range){board->gicd_pa, board->gic_version == 2 ? GICD_SIZE_V2 : GICD_SIZE_V3};
}

/** The redistributors of @count vCPUs; of a GICv2 the CPU interface, which shows each its own. */
static inline struct range gic_window_cpus(const struct board *board, size_t count)
{
    return board->gic_version == 2 ? (struct range){board->gicc_pa, GICC_SIZE}
                                   : (struct range){board->gicr.start, GICR_SIZE * count};
}

#endif
