/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples out, orders in, over message rings.
 */
#include "telemetry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kit/channel.h"
#include "ring.h"

#define MESSAGE_SIZE 128U

static struct ring_end end;
static bool is_open;

bool telemetry_open(void)
{
    const struct info_channel *channel = channel_open("telemetry");

    if (channel == NULL || channel->peer_count == 0 || (channel->flags & INFO_CHANNEL_WRITE) == 0) {
        return false;
    }
    is_open = ring_open(&end, (void *)channel->memory, channel->memory_size,
                        channel->member < channel->peers[0].member ? 0 : 1) >= 0;
    if (!is_open) {
        return false;
    }
    /* orders to the last life are not for this one: it may have been ended by one of them */
    (void)ring_discard(&end);
    /* the only time: whoever sleeps looks at a ring that may be new */
    channel_ring(&channel->peers[0]);
    return true;
}

/** Puts a message into the ring if there is room: the loop waits for nobody, so what has none is
 * dropped. */
static void put(const char *text, int length)
{
    /* RING_DOORBELL would be worth an exit: no. */
    if (ring_send(&end, text, (uint32_t)length) == RING_ERR_PEER) {
        (void)ring_reset(&end);
    }
}

void telemetry_send(const struct sample *sample)
{
    char text[MESSAGE_SIZE];
    int length;

    if (!is_open) {
        return;
    }
    length = snprintf(text, sizeof(text),
                      "sample %" PRIu64 ": angle %+.3f mrad, speed %+.3f rad/s, torque %+.3f Nm",
                      sample->number, sample->angle * 1000, sample->speed, sample->torque);
    put(text, length);
}

static enum order order_of(const char *text)
{
    static const struct {
        const char *text;
        enum order order;
    } orders[] = {
        {"stop", ORDER_STOP},
        {"hang", ORDER_HANG},
        {"trespass", ORDER_TRESPASS},
    };
    char answer[MESSAGE_SIZE + 64];

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (strcmp(text, orders[i].text) == 0) {
            return orders[i].order;
        }
    }
    put(answer, snprintf(answer, sizeof(answer),
                         "there is no order \"%s\"; there are stop, hang and trespass", text));
    return ORDER_NONE;
}

enum order telemetry_order(void)
{
    char text[MESSAGE_SIZE];
    struct ring_message message;
    int result;

    if (!is_open) {
        return ORDER_NONE;
    }
    result = ring_receive(&end, text, sizeof(text) - 1, &message);
    if (result == RING_ERR_LENGTH) {
        (void)ring_discard(&end);
    } else if (result == RING_ERR_PEER) {
        (void)ring_reset(&end);
    }
    if (result < 0) {
        return ORDER_NONE;
    }
    text[message.length] = '\0';
    return order_of(text);
}
