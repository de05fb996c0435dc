/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One side of an exchange of messages: see side.h.
 */
#include "side.h"

#include <inttypes.h>
#include <stdio.h>

#define BATCH     64U /* messages of each direction in a turn */
#define PAGE      4096U
#define WORDS_MAX 8U

/** A message: its length is of its number, too. */
struct message {
    uint64_t number;
    uint64_t born_tried; /* what its sender had noted when its life began */
    uint64_t born_sent;
    uint64_t filling[WORDS_MAX - 3];
};

static uint32_t words_of(uint64_t number)
{
    return 3 + (uint32_t)(number * 5 % (WORDS_MAX - 2));
}

static uint64_t filling_of(uint64_t number, uint32_t word)
{
    return number * UINT64_C(0x9e3779b97f4a7c15) + word;
}

static void fail(struct exchange *exchange, uint64_t line, const struct message *message,
                 uint64_t before)
{
    if (exchange->own->errors++ != 0) {
        return;
    }
    exchange->own->wrong[0] = line;
    exchange->own->wrong[1] = message->number;
    exchange->own->wrong[2] = before;
    exchange->own->wrong[3] = message->born_tried;
}
#define FAIL(exchange, message, before) fail(exchange, __LINE__, message, before)

/** How many numbers lie in (@after, @up_to], of which those in (@from, @to] are looked for. */
static uint64_t overlap(uint64_t after, uint64_t up_to, uint64_t from, uint64_t to)
{
    uint64_t low = after > from ? after : from;
    uint64_t high = up_to < to ? up_to : to;

    return high > low ? high - low : 0;
}

static void check_order(struct exchange *exchange, const struct message *message,
                        uint32_t generation)
{
    bool first = exchange->last == 0;
    uint64_t before = first ? exchange->own->taken : exchange->last;
    uint64_t may_be_lost = first ? exchange->own->births : 0;

    if (message->number <= before) {
        FAIL(exchange, message, before); /* twice, or out of order */
        return;
    }
    uint64_t missing = message->number - before - 1;
    uint64_t unsent = overlap(before, message->number - 1, message->born_sent, message->born_tried);

    if (message->number <= message->born_tried) {
        FAIL(exchange, message, before); /* of the life before */
    }
    if (!first && generation == exchange->last_generation && missing != 0) {
        FAIL(exchange, message, before); /* lost within a life of both */
    }
    if (missing - unsent > may_be_lost) {
        FAIL(exchange, message, before); /* lost, though ring_send had returned */
    }
    exchange->own->unsent += unsent;
    exchange->own->lost += missing - unsent;
}

static void check_contents(struct exchange *exchange, const struct message *message,
                           uint32_t length)
{
    uint32_t words = words_of(message->number);

    if (length != words * sizeof(uint64_t)) {
        FAIL(exchange, message, length);
        return;
    }
    for (uint32_t i = 3; i < words; i++) {
        if (message->filling[i - 3] != filling_of(message->number, i)) {
            FAIL(exchange, message, i);
        }
    }
}

static bool receive(struct exchange *exchange, bool *ring)
{
    struct message message = {0};
    struct ring_message found;
    int result = ring_receive(&exchange->ring, &message, sizeof(message), &found);

    if (result < 0) {
        if (result != RING_WOULD_BLOCK) {
            FAIL(exchange, &message, (uint64_t)-result);
        }
        return false;
    }
    *ring |= result == RING_DOORBELL;
    check_order(exchange, &message, found.generation);
    check_contents(exchange, &message, found.length);
    exchange->last = message.number;
    exchange->last_generation = found.generation;
    exchange->own->taken = message.number;
    exchange->own->births = 0;
    return true;
}

static bool wants_to_send(const struct exchange *exchange)
{
    return exchange->peer->taken < exchange->count;
}

static bool send(struct exchange *exchange, bool *ring)
{
    struct exchange_notes *own = exchange->own;
    struct message message = {own->sent + 1, exchange->born_tried, exchange->born_sent, {0}};
    int result;

    if (message.number <= exchange->born_tried) {
        message.number = exchange->born_tried + 1; /* the first of this life */
    }
    for (uint32_t i = 3; i < words_of(message.number); i++) {
        message.filling[i - 3] = filling_of(message.number, i);
    }
    own->tried = message.number;
    result =
        ring_send(&exchange->ring, &message, words_of(message.number) * (uint32_t)sizeof(uint64_t));
    if (result < 0) {
        own->tried = message.number - 1; /* it was not sent, and can be tried again */
        if (result != RING_WOULD_BLOCK) {
            FAIL(exchange, &message, (uint64_t)-result);
        }
        return false;
    }
    *ring |= result == RING_DOORBELL;
    own->sent = message.number;
    return true;
}

bool exchange_begin(struct exchange *exchange, void *memory, uint64_t size, unsigned side,
                    uint64_t count)
{
    struct exchange_notes *notes =
        (struct exchange_notes *)(void *)((unsigned char *)memory + size - PAGE);

    *exchange = (struct exchange){.own = &notes[side], .peer = &notes[1 - side], .count = count};
    exchange->own->births += exchange->own->lives != 0 ? 1 : 0;
    exchange->own->lives++;
    exchange->born_tried = exchange->own->tried;
    exchange->born_sent = exchange->own->sent;
    return ring_open(&exchange->ring, memory, size - PAGE, side) >= 0;
}

unsigned exchange_turn(struct exchange *exchange)
{
    bool ring = false;
    unsigned moved = 0;

    for (unsigned i = 0; i < BATCH && receive(exchange, &ring); i++) {
        moved++;
    }
    for (unsigned i = 0; i < BATCH && wants_to_send(exchange) && send(exchange, &ring); i++) {
        moved++;
    }
    return (ring ? EXCHANGE_RING : 0) | (moved != 0 ? EXCHANGE_MOVED : 0);
}

bool exchange_wait(struct exchange *exchange)
{
    if (wants_to_send(exchange) && !ring_wait_to_send(&exchange->ring, sizeof(struct message))) {
        return false;
    }
    return ring_wait_to_receive(&exchange->ring);
}

bool exchange_is_over(const struct exchange *exchange)
{
    return exchange->own->taken >= exchange->count && exchange->peer->taken >= exchange->count;
}

static void tell(const char *whose, const struct exchange_notes *notes)
{
    printf("exchange: %s: lives=%" PRIu64 " sent=%" PRIu64 " taken=%" PRIu64 " unsent=%" PRIu64
           " lost=%" PRIu64 " errors=%" PRIu64 "\n",
           whose, notes->lives, notes->sent, notes->taken, notes->unsent, notes->lost,
           notes->errors);
    if (notes->errors != 0) {
        printf("exchange: %s: the first error: line %" PRIu64 ", number %" PRIu64 " after %" PRIu64
               ", born at %" PRIu64 "\n",
               whose, notes->wrong[0], notes->wrong[1], notes->wrong[2], notes->wrong[3]);
    }
}

void exchange_tell(const struct exchange *exchange)
{
    tell("own", exchange->own);
    tell("peer", exchange->peer);
    printf("exchange: over\n");
}
