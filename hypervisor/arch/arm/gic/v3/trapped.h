/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses to the GICv3's CPU interface as a trap describes them (ESR_EL2.ISS; encodings: Arm IHI
 * 0069H, 12.2).
 */
#ifndef ARM64_GICV3_TRAPPED_H
#define ARM64_GICV3_TRAPPED_H

#include <stdint.h>

#include "sysreg_iss.h"

/* What both groups have: ICH_HCR_EL2.TC. */
#define ICC_PMR    ISS_CODE(3U, 0U, 4U, 6U, 0U)
#define ICC_DIR    ISS_CODE(3U, 0U, 12U, 11U, 1U)
#define ICC_RPR    ISS_CODE(3U, 0U, 12U, 11U, 3U)
#define ICC_SGI1R  ISS_CODE(3U, 0U, 12U, 11U, 5U)
#define ICC_ASGI1R ISS_CODE(3U, 0U, 12U, 11U, 6U)
#define ICC_SGI0R  ISS_CODE(3U, 0U, 12U, 11U, 7U)
#define ICC_CTLR   ISS_CODE(3U, 0U, 12U, 12U, 4U)

/* Group 0: ICH_HCR_EL2.TALL0. */
#define ICC_IAR0    ISS_CODE(3U, 0U, 12U, 8U, 0U)
#define ICC_EOIR0   ISS_CODE(3U, 0U, 12U, 8U, 1U)
#define ICC_HPPIR0  ISS_CODE(3U, 0U, 12U, 8U, 2U)
#define ICC_BPR0    ISS_CODE(3U, 0U, 12U, 8U, 3U)
#define ICC_AP0R0   ISS_CODE(3U, 0U, 12U, 8U, 4U)
#define ICC_AP0R1   ISS_CODE(3U, 0U, 12U, 8U, 5U)
#define ICC_AP0R2   ISS_CODE(3U, 0U, 12U, 8U, 6U)
#define ICC_AP0R3   ISS_CODE(3U, 0U, 12U, 8U, 7U)
#define ICC_IGRPEN0 ISS_CODE(3U, 0U, 12U, 12U, 6U)

/** Sends what a trapped write of @value to ICC_SGI1R_EL1 asks for, within the loaded vCPU's VM.
 * Cost: bounded by the number of its vCPUs. */
void gic_send_sgi(uint64_t value);

/** The same where its direct interrupts are checked: as an SGI of the hardware's, to its VM's
 * vCPUs and to no other. Cost: bounded by the number of these; with entry and return, for one
 * target of two, at most 100 instructions (bench: direct_checked_sgi_el2). */
void gic_checked_send_sgi(uint64_t value);

#endif
