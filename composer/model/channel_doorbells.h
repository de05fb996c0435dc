/* SPDX-License-Identifier: Apache-2.0 */
/* Who is who in the channels of a system: members, peers, and the doorbells between them. */
#ifndef COMPOSER_CHANNEL_DOORBELLS_H
#define COMPOSER_CHANNEL_DOORBELLS_H

#include "system.h"

#define CHANNEL_NOBODY UINT32_MAX

/** A way from one member of a channel to another. */
struct channel_way {
    uint32_t channel;
    uint32_t from; /* number of the member that rings */
    uint32_t to;
    uint32_t limiter; /* its number in the whole system */
};

/** The number of @vm among the members of @channel, or CHANNEL_NOBODY. */
uint32_t channel_member_number(const struct channel *channel, uint32_t vm);

/** How many peers a member has. */
static inline uint32_t channel_peer_count(const struct channel *channel)
{
    return channel->member_count - 1;
}

/** The number of peer @index of member @member: the others in their order. */
static inline uint32_t channel_peer(uint32_t member, uint32_t index)
{
    return index < member ? index : index + 1;
}

/** All ways of VM @vm to others, by channel and peer: way n is its doorbell n. */
size_t channel_ways(const struct system *system, uint32_t vm, struct channel_way **ways);

/** The intervals of those doorbells that ring at VM @vm and have one, by channel and sender. */
size_t channel_intervals(const struct system *system, uint32_t vm, uint64_t **intervals_ns);

/** How many ways there are in all. */
size_t channel_way_count(const struct system *system);

#endif
