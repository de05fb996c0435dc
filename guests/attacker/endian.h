/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A data access by a big-endian EL1, with the MMU off so that the little-endian tables do not
 * matter.
 */
#ifndef ATTACKER_ENDIAN_H
#define ATTACKER_ENDIAN_H

#include <stdint.h>

/** Reads 32 bits at the physical @address with SCTLR_EL1.EE = 1; @faults is set to the number of
 * exceptions. */
uint32_t endian_read_big(uint64_t address, uint64_t *faults);

#endif
