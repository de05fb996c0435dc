/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message rings on a channel, with its doorbells: see kit/message.h.
 */
#include "kit/message.h"

#include <stddef.h>

#include "kit/cpu.h"
#include "kit/gic.h"

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context; /* it ends a sleep, that is all */
}

bool message_open(struct message_end *end, const char *name)
{
    const struct info_channel *channel = channel_open(name);

    if (channel == NULL || channel->peer_count != 1) {
        return false;
    }
    end->channel = channel;
    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    return message_settle(end, ring_open(&end->ring, (void *)channel->memory, channel->memory_size,
                                         channel->member < channel->peers[0].member ? 0 : 1)) ==
           RING_OK;
}

/* Interrupts are masked from before the look into the ring until the sleep is over, or a
 * doorbell could be taken in between and the sleep never end. What ended it is taken here: that
 * saves the way through the vectors. */
static void sleep_masked(void)
{
    cpu_wait_for_interrupt();
    gic_handle_interrupt();
}

void message_wait_to_receive(struct message_end *end)
{
    cpu_interrupts_disable();
    if (ring_wait_to_receive(&end->ring)) {
        sleep_masked();
    }
    cpu_interrupts_enable();
}

void message_wait_to_send(struct message_end *end, uint32_t length)
{
    cpu_interrupts_disable();
    if (ring_wait_to_send(&end->ring, length)) {
        sleep_masked();
    }
    cpu_interrupts_enable();
}
