/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side of an exchange of messages (exchange/side.h) on channel exchange. Boot arguments: count=N,
 * how many each side is to receive; crash=NS, to do what it may not after so long at most, at any
 * instruction, in each life. Goes off when both sides have what they wanted.
 */
#include <stddef.h>
#include <stdio.h>

#include "exchange/side.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/timer.h"

#include "../../../bench/guests/variation.h"

#define NOWHERE     0x3f0000000 /* not this VM's */
#define SHORTEST_NS 100000U

static struct exchange exchange;

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
}

static void crash(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    (void)mmio_read32(NOWHERE);
}

/** Each life ends at another moment, the same ones in each run. */
static void crash_within(uint64_t ns)
{
    uint64_t variation = VARIATION_START + 31 * exchange.own->lives;

    for (unsigned i = 0; i < 10; i++) {
        (void)variation_next(&variation, 1);
    }
    (void)mmu_map_device(NOWHERE, MMU_PAGE_SIZE);
    gic_set_handler(timer_intid(TIMER_VIRTUAL), crash, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL,
              timer_now() + timer_from_ns(SHORTEST_NS + variation_next(&variation, ns)));
}

int main(void)
{
    const struct info_channel *channel = channel_open("exchange");
    uint64_t within = machine_argument("crash", 0);

    if (channel == NULL || !exchange_begin(&exchange, (void *)channel->memory, channel->memory_size,
                                           channel->member, machine_argument("count", 1000))) {
        puts("exchange: there is no channel");
        return 1;
    }
    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    cpu_interrupts_enable();
    channel_ring(&channel->peers[0]);
    if (within != 0) {
        crash_within(within);
    }
    while (!exchange_is_over(&exchange)) {
        unsigned found = exchange_turn(&exchange);

        if ((found & EXCHANGE_RING) != 0) {
            channel_ring(&channel->peers[0]);
        }
        cpu_interrupts_disable();
        if ((found & EXCHANGE_MOVED) == 0 && !exchange_is_over(&exchange) &&
            exchange_wait(&exchange)) {
            cpu_wait_for_interrupt();
        }
        cpu_interrupts_enable();
    }
    timer_stop(TIMER_VIRTUAL);
    channel_ring(&channel->peers[0]);
    exchange_tell(&exchange);
    return 0;
}
