/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stepped, and what has points on it. Each piece ends with SVC.
 */
#ifndef DEBUG_CODE_H
#define DEBUG_CODE_H

#include <stdint.h>

/* Where the pieces begin, and the SVC of each. */
extern const char code_here[], code_there[], code_store[];
extern const char code_traps[], code_traps_end[], code_sends[], code_sends_end[], code_sends_v2[],
    code_sends_v2_end[], code_rings[], code_rings_end[];

/** Where code_traps reads: a register of the distributor. */
extern uint64_t code_device;

#endif
