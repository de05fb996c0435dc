/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager's view of its neighbours (peer.c): for the test guests that ring, stop and start them.
 * Each says what came of it:
 *
 *     manager: NAME WHAT: ok
 *     manager: NAME WHAT: FAILED, ...
 *     manager: done
 *
 * Nothing here measures time but lower bounds: a neighbour may be as slow as it is. Boot arguments
 * tell each one's VM by its index: hard=1 mate=2 ...
 */
#ifndef TESTS_NEIGHBOURS_H
#define TESTS_NEIGHBOURS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "peer.h"

#include "kit/channel.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/timer.h"

#define MS UINT64_C(1000000)

struct peer {
    const char *name;
    uint32_t vm;
    const struct info_channel *channel;
    struct peer_page *page;
    const volatile struct vm_status *status;
    volatile uint32_t told; /* doorbells that came from there */
};

static inline void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    ((struct peer *)context)->told++;
}

static inline bool check(const struct peer *peer, const char *name, bool ok)
{
    if (ok) {
        printf("manager: %s %s: ok\n", peer->name, name);
    } else {
        printf("manager: %s %s: FAILED, state %" PRIu32 " generation %" PRIu32 " reason %" PRIu32
               " token %" PRIu32 " ready %" PRIu32 " rings %" PRIu32 " dirty %" PRIu32
               " exits %" PRIu32 " faults %" PRIu32 " told %" PRIu32 " seen %" PRIx32 "\n",
               peer->name, name, peer->status->state, peer->status->generation,
               peer->status->reason, peer->page->token, peer->page->ready, peer->page->rings,
               peer->page->dirty, peer->page->exits, peer->page->faults, peer->told,
               peer->page->seen);
    }
    return ok;
}

/** Waits until *@word is @value; leaves the core to others meanwhile. */
static inline bool wait_for(const volatile uint32_t *word, uint32_t value)
{
    uint64_t end = timer_now() + 60 * timer_frequency();

    while (*word != value) {
        if (timer_now() > end) {
            return false;
        }
        (void)hypercall(HC_DELAY, MS / 10, 0, 0);
    }
    return true;
}

/** Waits until @peer does what it was started for. */
static inline bool wait_for_start(struct peer *peer, uint32_t generation)
{
    return wait_for(&peer->status->generation, generation) &&
           wait_for(&peer->page->ready, peer->page->token);
}

static inline enum manager_result order(const struct peer *peer, uint32_t command)
{
    return manager_command(peer->vm, command);
}

/** Restarts @peer, whatever it does, to do as @mode says. */
static inline bool start_as(struct peer *peer, enum peer_mode mode)
{
    uint32_t generation = peer->status->generation + 1;

    peer->page->hold = 0;
    peer->page->mode = mode;
    peer->page->token++;
    return order(peer, MANAGER_RESTART) == MANAGER_OK && wait_for_start(peer, generation);
}

static inline bool stop(struct peer *peer)
{
    return order(peer, MANAGER_STOP) == MANAGER_OK &&
           wait_for(&peer->status->state, VM_STATUS_OFF) &&
           peer->status->reason == VM_REASON_MANAGER;
}

/** Finds @peer's channel, which has its name; false if there is none. */
static inline bool open_peer(struct peer *peer)
{
    peer->vm = (uint32_t)machine_argument(peer->name, 0);
    peer->channel = channel_open(peer->name);
    if (peer->channel == NULL || manager_open() == NULL) {
        printf("manager: %s: FAILED, no channel to it, or no command page\n", peer->name);
        return false;
    }
    peer->page = (struct peer_page *)peer->channel->memory;
    peer->status = channel_status(&peer->channel->peers[0]);
    gic_set_handler(peer->channel->interrupt, on_doorbell, peer);
    gic_enable(peer->channel->interrupt);
    return true;
}

#endif
