/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers that only an emulated GICv3 has.
 */
#ifndef ARM_GICV3_EMULATION_H
#define ARM_GICV3_EMULATION_H

#include "gic_local.h"

/** The VM's distributor or, the second, its redistributors: @access has the offset from the first
 * one's start. Returns as gic_access. */
bool gic_distributor_access(struct gic_access *access);
bool gic_redistributor_access(struct gic_access *access);

#define GIC_DISTRIBUTOR_SIZE   0x10000U
#define GIC_REDISTRIBUTOR_SIZE 0x20000U /* of one vCPU, as the guest sees it */

/* GICD_IROUTER: 64 bits per SPI, also accessed by halves */
gic_register_handler gic_access_route;
gic_register_handler gic_access_redistributor; /* a redistributor's first frame */

#endif
