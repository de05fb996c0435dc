/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the channels of a system (channel_doorbells.h). */
#include "channel_doorbells.h"

#include "memory.h"

uint32_t channel_member_number(const struct channel *channel, uint32_t vm)
{
    for (uint32_t i = 0; i < channel->member_count; i++) {
        if (channel->members[i].vm == vm) {
            return i;
        }
    }
    return CHANNEL_NOBODY;
}

size_t channel_way_count(const struct system *system)
{
    size_t count = 0;

    for (size_t i = 0; i < system->channel_count; i++) {
        count +=
            (size_t)system->channels[i].member_count * channel_peer_count(&system->channels[i]);
    }
    return count;
}

size_t channel_ways(const struct system *system, uint32_t vm, struct channel_way **ways)
{
    uint32_t limiter = 0;
    size_t count = 0;

    *ways = NULL;
    for (uint32_t i = 0; i < system->channel_count; i++) {
        const struct channel *channel = &system->channels[i];

        for (uint32_t from = 0; from < channel->member_count; from++) {
            for (uint32_t peer = 0; peer < channel_peer_count(channel); peer++, limiter++) {
                if (channel->members[from].vm == vm) {
                    *ARRAY_ADD(*ways, count) =
                        (struct channel_way){i, from, channel_peer(from, peer), limiter};
                }
            }
        }
    }
    return count;
}

size_t channel_intervals(const struct system *system, uint32_t vm, uint64_t **intervals_ns)
{
    size_t count = 0;

    *intervals_ns = NULL;
    for (size_t i = 0; i < system->channel_count; i++) {
        const struct channel *channel = &system->channels[i];

        if (channel->interval_ns == 0 || channel_member_number(channel, vm) == CHANNEL_NOBODY) {
            continue;
        }
        for (uint32_t peer = 0; peer < channel_peer_count(channel); peer++) {
            *ARRAY_ADD(*intervals_ns, count) = channel->interval_ns;
        }
    }
    return count;
}
