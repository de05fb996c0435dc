/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: read by config/, completed by resolve/, which chooses the doorbells' interrupts.
 */
#ifndef COMPOSER_CHANNEL_H
#define COMPOSER_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"

#define CHANNEL_MAX_MEMBERS 4U

/** One side of a channel. */
struct channel_member {
    struct source_location location;
    uint32_t vm;
    bool write;
    uint32_t intid; /* of the doorbell that rings here: an SPI that the board does not use */
};

/** Memory that some VMs share, with doorbells between them. */
struct channel {
    struct source_location location;
    const char *name;
    uint64_t size;
    uint64_t interval_ns; /* doorbells come no closer than this; 0: as they like */
    struct channel_member members[CHANNEL_MAX_MEMBERS];
    uint32_t member_count;
};

#endif
