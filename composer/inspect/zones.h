/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical addresses that are made to be reached by VMs although it is not one VM's own: the
 * channels' memory, the pages of the hypervisor's that VMs are shown, the copies of images that a
 * manager may write, and a GICv2's CPU interface.
 */
#ifndef COMPOSER_ZONES_H
#define COMPOSER_ZONES_H

#include "image_view.h"

enum zone_kind {
    ZONE_CHANNEL,  /* by channel */
    ZONE_STATUS,   /* a status page, by VM */
    ZONE_OBSERVED, /* counters and log rings */
    ZONE_PLAN,
    ZONE_COMMANDS,
    ZONE_WATCHDOG, /* by VM */
    ZONE_COPY,     /* pages of nothing but the copy of one VM's image, by VM */
    /* the page of a GICv2 that shows each CPU its own interface; index 1: the virtual one */
    ZONE_INTERFACE,
};

/** A part of a mapping that lies in one zone whole, or in none. */
struct zone_piece {
    struct mapping mapping;
    const struct span *zone;
};

static inline enum zone_kind zone_kind(const struct span *zone)
{
    return (enum zone_kind)(zone->owner >> 16);
}

static inline uint32_t zone_index(const struct span *zone)
{
    return zone->owner & 0xffff;
}

/** "status page of vm linux": for messages. */
const char *zone_name(const struct image_view *view, const struct span *zone,
                      char name[PART_NAME_SIZE]);

/** The next piece of @mapping, from @offset on. */
struct zone_piece zone_piece_at(const struct image_view *view, const struct mapping *mapping,
                                uint64_t offset);

/** Lists them in view->zones; those that overlap are reported. The plan must be open. */
void zones_list(struct image_view *view);

#endif
