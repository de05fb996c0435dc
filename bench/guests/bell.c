/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rings two receivers (bench/guests/bell-taker.c), one on channel direct, one on channel virtual,
 * by store and by call, each time after the one before was taken; then by store a doorbell that has
 * an interval, not too soon.
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/hypercall.h"
#include "kit/timer.h"

#include "doorbell.h"
#include "section.h"

#define INTERVAL_NS 20000U /* more than that of channel limited */

static void wait_for(volatile uint32_t *word, uint32_t value)
{
    while (*word != value)
        ;
}

static const struct info_peer *open(const char *name, struct bell_page **page)
{
    const struct info_channel *channel = channel_open(name);

    if (channel == NULL) {
        return NULL;
    }
    *page = (struct bell_page *)channel->memory;
    return &channel->peers[0];
}

static void ring_by_store(const struct info_peer *peer, struct bell_page *page, uint32_t from)
{
    SECTION_BEGIN(1);
    for (uint32_t i = 1; i <= RINGS; i++) {
        page->sent = from + i;
        channel_ring(peer);
        wait_for(&page->taken, from + i);
    }
    SECTION_END();
}

static void ring_by_call(const struct info_peer *peer, struct bell_page *page, uint32_t from)
{
    SECTION_BEGIN(2);
    for (uint32_t i = 1; i <= RINGS; i++) {
        page->sent = from + i;
        (void)channel_ring_now(peer);
        wait_for(&page->taken, from + i);
    }
    SECTION_END();
}

static void pause(void)
{
    uint64_t end = timer_now() + timer_from_ns(INTERVAL_NS);

    while (timer_now() < end)
        ;
}

static void ring_limited(const struct info_peer *peer)
{
    SECTION_BEGIN(3);
    for (uint32_t i = 0; i < RINGS; i++) {
        pause();
        channel_ring(peer);
    }
    SECTION_BEGIN(4);
    for (uint32_t i = 0; i < RINGS; i++) {
        pause();
        (void)channel_ring_now(peer);
    }
    SECTION_END();
}

int main(void)
{
    struct bell_page *direct_page = NULL;
    struct bell_page *virtual_page = NULL;
    struct bell_page *limited_page = NULL;
    const struct info_peer *direct = open("direct", &direct_page);
    const struct info_peer *virtual = open("virtual", &virtual_page);
    const struct info_peer *limited = open("limited", &limited_page);

    if (direct == NULL || virtual == NULL || limited == NULL) {
        puts("bell: a channel is missing");
        return 1;
    }
    wait_for(&direct_page->ready, 1);
    ring_by_store(direct, direct_page, 0);
    ring_by_call(direct, direct_page, RINGS);
    wait_for(&virtual_page->ready, 1);
    ring_by_store(virtual, virtual_page, 0);
    ring_by_call(virtual, virtual_page, RINGS);
    wait_for(&direct_page->ready, 0);
    wait_for(&virtual_page->ready, 0);
    ring_limited(limited);
    puts("bell: done");
    return 0;
}
