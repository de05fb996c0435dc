/* SPDX-License-Identifier: Apache-2.0 */
#include "channel_end.h"

#include "error.h"

static bool open_ring(struct channel_end *end)
{
    struct nagaya_channel *channel = &end->channel;

    if (channel->peer_count != 1) {
        return nagaya_fail("channel %s has %u members; messages go between two", channel->name,
                           channel->peer_count + 1);
    }
    if (!channel->writable) {
        return nagaya_fail("this VM may only read the memory of channel %s; messages need access: "
                           "read-write at both sides",
                           channel->name);
    }
    if (!nagaya_channel_lock(channel)) {
        return false;
    }
    /* Sides are numbered as the members are. */
    int result = ring_open(&end->ring, channel->memory, channel->memory_size,
                           channel->member < channel->peers[0].member ? 0 : 1);
    if (result < 0) {
        return nagaya_fail("channel %s: %s", channel->name, channel_end_error(result));
    }
    channel_end_settle(end, result);
    return true;
}

bool channel_end_open(const char *name, struct channel_end *end)
{
    if (!nagaya_channel_open(name, &end->channel)) {
        return false;
    }
    if (open_ring(end)) {
        return true;
    }
    channel_end_close(end);
    return false;
}

void channel_end_close(struct channel_end *end)
{
    nagaya_channel_close(&end->channel);
}

int channel_end_settle(const struct channel_end *end, int result)
{
    if (result != RING_DOORBELL) {
        return result;
    }
    nagaya_channel_ring(&end->channel, 0);
    return RING_OK;
}

/* Nothing has rung within @ms. */
static bool go_on(const struct nagaya_channel *channel, int *left_ms, int ms)
{
    if (*left_ms < 0) {
        return true;
    }
    *left_ms -= ms;
    if (*left_ms > 0) {
        return true;
    }
    if (nagaya_channel_status(channel, 0).state == VM_STATUS_OFF) {
        return nagaya_fail("nothing came from %s in time; it is off", channel->peers[0].vm);
    }
    if (nagaya_channel_status(channel, 0).state == VM_STATUS_LOST) {
        return nagaya_fail("nothing came from %s in time; it is lost by a fault of the hypervisor",
                           channel->peers[0].vm);
    }
    return nagaya_fail("nothing came from %s in time", channel->peers[0].vm);
}

bool channel_end_wait(struct channel_end *end, int *left_ms, int poll_ms)
{
    int ms = *left_ms < 0 || *left_ms > poll_ms ? poll_ms : *left_ms;

    switch (nagaya_channel_wait(&end->channel, ms)) {
    case NAGAYA_RUNG:
        return true;
    case NAGAYA_TIMED_OUT:
        return go_on(&end->channel, left_ms, ms);
    default:
        return false;
    }
}

const char *channel_end_error(int result)
{
    switch (result) {
    case RING_WOULD_BLOCK:
        return "there is no space";
    case RING_ERR_LENGTH:
        return "the message is too long";
    case RING_ERR_PEER:
        return "the other side wrote what makes no sense as a ring of messages";
    default:
        return "its memory can't hold rings of messages";
    }
}
