/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of the four members of channel `all`; there are further channels between some of them, with
 * members that may only read. The first member tells the others what to do by a step in the memory
 * of `all`, and looks at what came of it:
 *
 *     members: WHAT: ok | FAILED
 *     members: done
 *
 * Nothing here is about time: a doorbell that was rung is pending before the sender goes on, so who
 * has taken it or not is clear once everybody has done a further step with interrupts open.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/mmu.h"

#define CHANNELS 3U
#define MEMBERS  4U
#define LAST     3U /* the member that is stopped for its fault, in the system's file */
#define NOBODY   MEMBERS
#define WORD     16U /* of a channel's memory: what the members write begins here */

static const char *const names[CHANNELS] = {"all", "three", "four"};

enum order {
    REST = 0,
    RING_BY_STORE,
    RING_BY_CALL,
    WRITE, /* to the word of the actor */
    LOOK,  /* everybody, at the word of the actor */
    LEAVE,
};

/** What a member tells of itself. */
struct report {
    volatile uint32_t done; /* the last step */
    volatile uint32_t faults;
    volatile uint32_t rung[CHANNELS]; /* doorbells since its start */
    volatile uint32_t seen;
};

struct orders {
    volatile uint32_t step;
    volatile uint32_t order;
    volatile uint32_t channel;
    volatile uint32_t actor; /* by its number in `all` */
    volatile uint32_t target;
    volatile uint32_t value;
    struct report reports[MEMBERS];
};

static const struct info_channel *channels[CHANNELS]; /* NULL: not a member */
static struct orders *orders;
static uint32_t me;
static volatile bool may_fault;

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (*(volatile uint32_t *)context)++;
}

static bool on_exception(struct exception_frame *frame)
{
    if (!may_fault) {
        return false;
    }
    orders->reports[me].faults++;
    frame->pc += 4;
    return true;
}

/** The peer of @channel that member @number of `all` is. */
static const struct info_peer *peer_of(const struct info_channel *channel, uint32_t number)
{
    for (uint32_t i = 0; i < channel->peer_count; i++) {
        /* VMs are named by their number in `all`, a digit in the end. */
        for (const char *name = channel->peers[i].vm; *name != '\0'; name++) {
            if (name[0] == (char)('0' + number) && name[1] == '\0') {
                return &channel->peers[i];
            }
        }
    }
    return NULL;
}

static volatile uint32_t *word_of(const struct info_channel *channel, uint32_t member)
{
    return (volatile uint32_t *)channel->memory + channel->memory_size / sizeof(uint32_t) - WORD +
           member;
}

static void act(void)
{
    const struct info_channel *channel = channels[orders->channel];

    if (orders->order == RING_BY_STORE) {
        channel_ring(peer_of(channel, orders->target));
    } else if (orders->order == RING_BY_CALL) {
        (void)channel_ring_now(peer_of(channel, orders->target));
    }
    if (orders->order != WRITE) {
        return;
    }
    /* Whatever the hypervisor says: stage 1 lets it through. */
    (void)mmu_map(channel->memory, channel->memory, channel->memory_size, MMU_WRITE);
    may_fault = (channel->flags & INFO_CHANNEL_WRITE) == 0;
    *word_of(channel, me) = orders->value;
    may_fault = false;
}

static void obey(uint32_t step)
{
    struct report *report = &orders->reports[me];

    if (orders->order == LOOK && channels[orders->channel] != NULL) {
        report->seen = *word_of(channels[orders->channel], orders->actor);
    }
    if (orders->actor == me) {
        act();
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    report->done = step;
}

static void follow(void)
{
    for (uint32_t step = 0; orders->order != LEAVE; obey(step)) {
        while (orders->step == step) {
            (void)hypercall(HC_YIELD, 0, 0, 0);
        }
        step = orders->step;
    }
}

static bool leads_to(const volatile struct vm_status *status)
{
    return status->state != VM_STATUS_OFF;
}

/** Everybody who is there does it. */
static void tell(enum order order, uint32_t channel, uint32_t actor, uint32_t target,
                 uint32_t value)
{
    uint32_t step = orders->step + 1;

    orders->order = order;
    orders->channel = channel;
    orders->actor = actor;
    orders->target = target;
    orders->value = value;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    orders->step = step;
    obey(step);
    for (uint32_t i = 1; i < MEMBERS; i++) {
        while (orders->reports[i].done != step && leads_to(channel_status(peer_of(channels[0], i))))
            ;
    }
}

static void say(const char *what, const char *channel, bool ok)
{
    printf("members: %s %s: %s\n", channel, what, ok ? "ok" : "FAILED");
}

/** Whether just @target's count of @channel has grown since @before, by one. */
static bool only_one_was_rung(uint32_t (*before)[CHANNELS], uint32_t channel, uint32_t target)
{
    bool ok = true;

    for (uint32_t member = 0; member < MEMBERS; member++) {
        for (uint32_t i = 0; i < CHANNELS; i++) {
            uint32_t expected = before[member][i] + (member == target && i == channel ? 1 : 0);

            ok = ok && orders->reports[member].rung[i] == expected;
            before[member][i] = expected;
        }
    }
    return ok;
}

/** Member @member's rights to channel @channel, as in the system's file: bit 0 read, bit 1 write.
 */
static unsigned rights(uint32_t channel, uint32_t member)
{
    static const unsigned char all[CHANNELS][MEMBERS] = {{3, 3, 3, 3}, {0, 3, 1, 3}, {3, 3, 1, 1}};

    return all[channel][member];
}

static void try_doorbells(uint32_t channel)
{
    uint32_t before[MEMBERS][CHANNELS];
    bool ok = true;

    tell(REST, 0, NOBODY, 0, 0);
    for (uint32_t member = 0; member < MEMBERS; member++) {
        for (uint32_t i = 0; i < CHANNELS; i++) {
            before[member][i] = orders->reports[member].rung[i];
        }
    }
    for (uint32_t round = 0; round < 2 * MEMBERS * MEMBERS; round++) {
        uint32_t actor = round / MEMBERS % MEMBERS;
        uint32_t target = round % MEMBERS;

        if (actor == target || rights(channel, actor) == 0 || rights(channel, target) == 0) {
            continue;
        }
        tell(round < MEMBERS * MEMBERS ? RING_BY_STORE : RING_BY_CALL, channel, actor, target, 0);
        tell(REST, 0, NOBODY, 0, 0);
        ok = ok && only_one_was_rung(before, channel, target);
    }
    say("each doorbell reaches the one that it is for and nobody else", names[channel], ok);
}

static void try_memory(uint32_t channel)
{
    bool written = true;
    bool refused = true;

    for (uint32_t actor = 0; actor < MEMBERS; actor++) {
        uint32_t value = 0x1000 * (channel + 1) + actor;
        uint32_t faults = orders->reports[actor].faults;
        bool writes = (rights(channel, actor) & 2) != 0;

        if (rights(channel, actor) == 0 || (!writes && actor == LAST)) {
            continue; /* its turn comes in the end */
        }
        tell(WRITE, channel, actor, 0, value);
        tell(LOOK, channel, actor, 0, 0);
        for (uint32_t member = 0; member < MEMBERS; member++) {
            bool right = rights(channel, member) == 0 ||
                         orders->reports[member].seen == (writes ? value : 0);

            written = written && (!writes || right);
            refused = refused && (writes || right);
        }
        refused = refused && orders->reports[actor].faults == faults + (writes ? 0 : 1);
    }
    say("what a writer writes is what all members read", names[channel], written);
    say("a reader's store is its fault and changes nothing", names[channel], refused);
}

static void lead(void)
{
    const volatile struct vm_status *last = channel_status(peer_of(channels[0], LAST));

    tell(REST, 0, NOBODY, 0, 0); /* all are there */
    for (uint32_t channel = 0; channel < CHANNELS; channel++) {
        try_doorbells(channel);
        try_memory(channel);
    }
    tell(WRITE, 2, LAST, 0, 1);
    while (last->state != VM_STATUS_OFF)
        ;
    tell(LOOK, 2, LAST, 0, 0);
    say("a reader that is to be stopped for a fault is, and changes nothing", names[2],
        last->reason == VM_REASON_FAULT && orders->reports[0].seen == 0 &&
            orders->reports[1].seen == 0 && orders->reports[2].seen == 0);
    tell(LEAVE, 0, NOBODY, 0, 0);
    printf("members: done\n");
}

int main(void)
{
    for (uint32_t i = 0; i < CHANNELS; i++) {
        channels[i] = channel_open(names[i]);
    }
    orders = (struct orders *)channels[0]->memory;
    me = channels[0]->member;
    exception_set_handler(on_exception);
    for (uint32_t i = 0; i < CHANNELS; i++) {
        if (channels[i] == NULL) {
            continue;
        }
        gic_set_handler(channels[i]->interrupt, on_doorbell, (void *)&orders->reports[me].rung[i]);
        gic_enable(channels[i]->interrupt);
    }
    cpu_interrupts_enable();
    if (me == 0) {
        lead();
    } else {
        follow();
    }
    return 0;
}
