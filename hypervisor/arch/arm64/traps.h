/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a guest's doing comes to EL2, and what this CPU's optional features need for that.
 */
#ifndef ARM64_TRAPS_H
#define ARM64_TRAPS_H

#include <stdint.h>

/** Sets this CPU's traps, but for HCR_EL2. Once, at boot. */
void traps_init(void);

/** HCR_EL2 of a guest that starts on this CPU. With TERR there is FEAT_RAS, so that guests reach
 * VDISR_EL2 as DISR_EL1.
 */
uint64_t traps_guest(void);

/** HCR_EL2 while this CPU waits at EL2: all interrupts are EL2's. Stage 2 stays on, for whatever
 * is translated speculatively meanwhile (registers.S). */
#define TRAPS_WAITING (HCR_EL2_VM | HCR_EL2_RW | HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO)

#endif
