/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's workarounds for speculation (SMCCC_ARCH_WORKAROUND_1 to 3; Arm DEN 0028E, 7.5 to
 * 7.8): what this CPU's firmware says of them, and guests' calls of them.
 */
#ifndef ARM_WORKAROUND_H
#define ARM_WORKAROUND_H

#include <stdbool.h>
#include <stdint.h>

/* Functions. */
#define SMCCC_ARCH_WORKAROUND_1 0x80008000U /* branch predictor: CVE-2017-5715 */
/* bypassed stores: CVE-2018-3639; switched on and off */
#define SMCCC_ARCH_WORKAROUND_2 0x80007fffU
/* branch history, and what the first one does: CVE-2022-23960 */
#define SMCCC_ARCH_WORKAROUND_3 0x80003fffU

/* What SMCCC_ARCH_FEATURES answers about them; below 0 nothing is known. */
#define WORKAROUND_NEEDED     0 /* this CPU needs it; it is there */
#define WORKAROUND_NOT_NEEDED 1 /* it may be called */

/** Asks the firmware about this CPU. Once, at boot. */
void workaround_init(void);

/** What a guest on this CPU is told about @function; PSCI_NOT_SUPPORTED if it is none of them. */
int32_t workaround_feature(uint32_t function);

/** A guest calls @function with @argument. Returns what it finds in x0. Cost: one call of the
 * firmware at most. */
int64_t workaround_call(uint32_t function, uint32_t argument);

/** Brings what a guest on a CPU of its own has switched to the state after a reset. */
void workaround_reset(void);

#endif
