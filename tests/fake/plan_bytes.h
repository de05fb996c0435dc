/* SPDX-License-Identifier: Apache-2.0 */
/* The plan, as plan.c writes it. */
#ifndef FAKE_PLAN_BYTES_H
#define FAKE_PLAN_BYTES_H

#include "plan.h"

#define PLAN_BYTES PLAN_MAX_SIZE

/* The engine knows them by another name. */
extern uint8_t plan_bytes[PLAN_BYTES] __asm__("plan");

#endif
