/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a plan is one that this code can read. */
#ifndef LIBNAGAYA_PLAN_SOUND_H
#define LIBNAGAYA_PLAN_SOUND_H

#include <stddef.h>

#include "plan_map.h"

/** NULL, or what is wrong with the plan of at most @size bytes, to follow "the plan". Checks the
 * bounds of all arrays that the library and nagayactl look into, and that every index among them
 * exists. */
const char *plan_wrong(const struct plan *plan, size_t size);

#endif
