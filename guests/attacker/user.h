/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code at EL0, in AArch64 and AArch32: runs until its SVC, or a fetch that faults.
 */
#ifndef ATTACKER_USER_H
#define ATTACKER_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/exception.h"

/** True if @frame is the SVC by which user code ends: the frame then leads back to user_enter's
 * caller. */
bool user_returned(struct exception_frame *frame);

/** Leads @frame back to user_enter's caller. Returns true. */
bool user_leave(struct exception_frame *frame);

/** Enters EL0 at @pc with @pstate, @x0 and @stack; comes back when the code ends. */
void user_enter(uint64_t pc, uint64_t pstate, uint64_t x0, uint64_t stack);

/** Where user_enter goes on. */
extern char user_return[];

#endif
