/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions as answers: each is recorded for the core that took it, the instruction is skipped,
 * and the guest goes on: for guests that try what they may not. A fetch that faults returns to
 * where it was called from.
 */
#ifndef KIT_FAULT_H
#define KIT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/exception.h"

/** The exceptions of this core since the last fault_clear(). */
struct fault {
    uint64_t count;
    uint64_t esr; /* of the last one */
    uint64_t far;
    uint64_t pc;
};

/** Starts catching. @first, if not NULL, sees each exception before; what it takes is not
 * recorded. @fetch_of_el0, if not NULL, gets what could not be fetched at EL0. */
void fault_start(exception_handler *first, exception_handler *fetch_of_el0);

/** Forgets what was recorded. */
void fault_clear(void);

/** What was recorded. */
const struct fault *fault_get(void);

/** True if there was an exception since fault_clear(). */
bool fault_happened(void);

/** Exceptions taken at @address count as failed fetches too: control goes back to the caller. */
void fault_expect_fetch(uint64_t address);

#endif
