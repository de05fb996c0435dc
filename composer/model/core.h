/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a CPU is shared: read by config/, completed by resolve/, and from then on as the plan will
 * have it. Times are in nanoseconds.
 */
#ifndef COMPOSER_CORE_H
#define COMPOSER_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"
#include "plan_map.h"

#define CORE_SLICE_NS 1000000U /* where `cores` does not say */

/** One slot of a core's timetable. */
struct core_slot {
    uint64_t start_ns; /* from the frame's start */
    uint64_t length_ns;
    uint32_t vm; /* index of the VM whose vCPU on this core runs then */
    struct source_location location;
};

/** How a CPU is shared. All zero: it is not in the list `cores`, so a VM that has it owns it. */
struct core {
    struct source_location location;
    enum plan_policy policy;
    const char *policy_name; /* as the user wrote it; NULL: not in the list */
    uint64_t slice_ns;       /* 0: the usual one */
    uint64_t frame_ns;
    struct core_slot *slots; /* sorted */
    size_t slot_count;
    bool wrong; /* some of this could not be read, or does not fit; it has been reported */
};

#endif
