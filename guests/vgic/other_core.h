/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for the other core, which tells by numbers how far it is.
 */
#ifndef VGIC_OTHER_CORE_H
#define VGIC_OTHER_CORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kit/timer.h"

#define PATIENCE_NS UINT64_C(5000000000)

/** Waits until *@value is at least @wanted. Returns false if that takes too long. */
static inline bool reaches(_Atomic unsigned *value, unsigned wanted)
{
    uint64_t end = timer_now() + timer_from_ns(PATIENCE_NS);

    while (atomic_load(value) < wanted) {
        if (timer_now() > end) {
            return false;
        }
    }
    return true;
}

#endif
