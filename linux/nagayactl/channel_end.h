/* SPDX-License-Identifier: Apache-2.0 */
/* This VM's end of a channel with message rings (lib/ring.h). */
#ifndef NAGAYACTL_CHANNEL_END_H
#define NAGAYACTL_CHANNEL_END_H

#include "nagaya.h"
#include "ring.h"

struct channel_end {
    struct nagaya_channel channel;
    struct ring_end ring;
};

/** Opens a channel for messages: for this process alone; false, and nagaya_error(), if it can't
 * have them. */
bool channel_end_open(const char *name, struct channel_end *end);
void channel_end_close(struct channel_end *end);

/** Rings the peer if a function of ring.h asked for that; returns @result without RING_DOORBELL. */
int channel_end_settle(const struct channel_end *end, int result);

/**
 * Waits for the doorbell, but no longer than @poll_ms: there are senders that do not ring, as that
 * costs them an exit.
 *
 * @left_ms  how much longer in all, below 0: for ever; what was waited in vain is taken from it
 * Returns   false, and nagaya_error(), if nothing is left of that, or on a failure
 */
bool channel_end_wait(struct channel_end *end, int *left_ms, int poll_ms);

/** What a result below zero of ring.h means, in words. */
const char *channel_end_error(int result);

#endif
