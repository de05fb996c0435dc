/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan's bytes, by the name under which the engine knows them: one object, with its arrays, so
 * that a look beyond them is seen.
 */
#include "plan_bytes.h"

_Alignas(PLAN_PAGE_SIZE) uint8_t plan_bytes[PLAN_BYTES];
