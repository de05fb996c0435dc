/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to and from another VM: rings (lib/ring.h) in a channel's memory, and its doorbells.
 * Whoever waits sleeps by WFI; one core of the guest uses an end.
 */
#ifndef KIT_MESSAGE_H
#define KIT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/channel.h"
#include "ring.h"

struct message_end {
    const struct info_channel *channel;
    struct ring_end ring;
};

/** Opens the channel @name, which has two members, and its doorbell's interrupt; false: there is
 * no such channel. */
bool message_open(struct message_end *end, const char *name);

/** Sleeps until there may be a message, or space for one of @length bytes, or another interrupt
 * came. */
void message_wait_to_receive(struct message_end *end);
void message_wait_to_send(struct message_end *end, uint32_t length);

/* The next ones are part of their callers: a message's cost is counted (bench:
 * message_roundtrip_same_core). */

/** Rings the other side if a function of ring.h asked for it; returns @result without
 * RING_DOORBELL. */
static inline int message_settle(const struct message_end *end, int result)
{
    if (result != RING_DOORBELL) {
        return result;
    }
    channel_ring(&end->channel->peers[0]);
    return RING_OK;
}

/** Sends a message if there is space for it, and never sleeps: RING_OK, RING_WOULD_BLOCK (it is
 * not sent), RING_ERR_LENGTH, RING_ERR_PEER. */
static inline int message_try_send(struct message_end *end, const void *message, uint32_t length)
{
    return message_settle(end, ring_send(&end->ring, message, length));
}

/** Sends a message, and sleeps while there is no space for it: RING_OK, RING_ERR_LENGTH,
 * RING_ERR_PEER. */
static inline int message_send(struct message_end *end, const void *message, uint32_t length)
{
    int result;

    while ((result = ring_send(&end->ring, message, length)) == RING_WOULD_BLOCK) {
        message_wait_to_send(end, length);
    }
    return message_settle(end, result);
}

/** Receives the next message if there is one, and never sleeps: RING_OK, RING_WOULD_BLOCK,
 * RING_ERR_LENGTH, RING_ERR_PEER. */
static inline int message_try_receive(struct message_end *end, void *buffer, uint32_t size,
                                      struct ring_message *message)
{
    return message_settle(end, ring_receive(&end->ring, buffer, size, message));
}

/** Receives the next message, and sleeps while there is none: RING_OK, RING_ERR_LENGTH,
 * RING_ERR_PEER. */
static inline int message_receive(struct message_end *end, void *buffer, uint32_t size,
                                  struct ring_message *message)
{
    int result;

    while ((result = ring_receive(&end->ring, buffer, size, message)) == RING_WOULD_BLOCK) {
        message_wait_to_receive(end);
    }
    return message_settle(end, result);
}

#endif
