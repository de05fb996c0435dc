/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints, watchpoints and software step of vCPUs that share a core. What a guest writes is
 * kept in memory, from where it reads it, too (MDCR_EL2.TDA). So the CPU's own registers are never
 * saved, and a neighbour sees none of them: a switch sets MDSCR_EL1, and the points only for a vCPU
 * that has them enabled (docs/decisions/0019).
 */
#ifndef ARM64_DEBUG_REGISTERS_H
#define ARM64_DEBUG_REGISTERS_H

#include <stdbool.h>

#include "vcpu_context.h"

/** Does what @esr asks for of a debug register of the loaded vCPU, on a shared core. *@value is
 * what is written; for a read it is 0, and set to what there is. Returns false if there is no
 * such register. Cost: a switch's debug_points_load at most, and 60 instructions. */
bool debug_register_access(uint64_t esr, uint64_t *value);

/** Loads this CPU's breakpoints and watchpoints, as many as it has. Cost: 3 instructions for
 * each, and 16. */
void debug_points_load(const uint64_t points[2][DEBUG_POINTS][2]);

#endif
