/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One side of an exchange of numbered messages over a channel, for a guest on the kit and for a
 * program on Linux. Each side sends 1, 2, 3, ... until the other one has received `count`, and
 * checks each message that comes: its contents, and that nothing was lost, came twice or came out
 * of order, as docs/channels.md promises it for sides that restart.
 *
 * A life keeps nothing of the one before but what both sides note in shared memory beside the
 * rings: what it is about to send, what it has sent, and what it has taken. A number is never sent
 * twice. So a number that is missing was
 *
 *     under way when its sender ended     (about to be sent, not noted as sent), or
 *     being taken when its receiver ended (one for each life that ended since the last note)
 *
 * and anything else is an error. The channel's last page is for the notes, what is before it for
 * the rings.
 */
#ifndef TESTS_EXCHANGE_SIDE_H
#define TESTS_EXCHANGE_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"

/** Written by one side, read by both. */
struct exchange_notes {
    volatile uint64_t lives;
    volatile uint64_t tried;  /* the last number that ring_send was called for */
    volatile uint64_t sent;   /* and the last one for which it has returned */
    volatile uint64_t taken;  /* the last number that was received */
    volatile uint64_t births; /* lives that began since `taken` was written */
    volatile uint64_t unsent; /* numbers that never came, as their sender ended meanwhile */
    volatile uint64_t lost;   /* the same, as their receiver ended */
    volatile uint64_t errors;
    volatile uint64_t
        /* of the first error: the line that found it, the number, the one before it, its
         * sender's birth */
        wrong[4];
};

struct exchange {
    struct ring_end ring;
    struct exchange_notes *own;
    const struct exchange_notes *peer;
    uint64_t count;
    uint64_t born_tried; /* own->tried and own->sent at the beginning of this life */
    uint64_t born_sent;
    uint64_t last; /* that this life has received; 0: nothing yet */
    uint32_t last_generation;
};

/** Begins a life of side @side over @memory; ring the peer afterwards. */
bool exchange_begin(struct exchange *exchange, void *memory, uint64_t size, unsigned side,
                    uint64_t count);

/** What exchange_turn has found. */
enum {
    EXCHANGE_RING = 1,  /* the peer is to be rung */
    EXCHANGE_MOVED = 2, /* something was sent or received; otherwise call exchange_wait */
};

/** Sends and receives some. */
unsigned exchange_turn(struct exchange *exchange);

/** Whether to sleep until the doorbell. */
bool exchange_wait(struct exchange *exchange);

/** Whether both sides have what they wanted. The peer may sleep: ring it. */
bool exchange_is_over(const struct exchange *exchange);

/**
 * Prints what both sides have noted:
 *
 *     exchange: own: lives=... sent=... taken=... unsent=... lost=... errors=...
 *     exchange: peer: ...
 *     exchange: over
 */
void exchange_tell(const struct exchange *exchange);

#endif
