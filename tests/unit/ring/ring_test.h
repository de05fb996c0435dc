/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the message rings share: a channel with both of its ends, messages that can
 * be recognised. */
#ifndef RING_TEST_H
#define RING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ring.h"

/** A channel in memory of its own. Bytes that no side may touch are poisoned. */
struct channel {
    unsigned char *memory;
    size_t size;
    struct ring_end ends[2];
};

/** Called before each access of a ring to shared memory and each barrier, in this thread, if it
 * is set (moments.h). */
extern _Thread_local void (*at_each_moment)(const volatile void *word, int order);

/** Zeroed memory; no end is open. */
void channel_make(struct channel *channel, size_t size);

/** The same with both ends open. */
void channel_make_open(struct channel *channel, size_t size);

void channel_free(struct channel *channel);

struct ring_half *channel_half(const struct channel *channel, unsigned side);

/** The next number of a sequence that is the same in each run. */
uint64_t random_next(uint64_t *state);

/** Fills a message: its number at the front if there is room, and then bytes that follow from
 * number and length. */
void message_fill(unsigned char *message, uint32_t number, uint32_t length);

/** Whether it is message @number, whole and unchanged. */
bool message_is(const unsigned char *message, uint32_t number, uint32_t length);

/** Sends message @number; the result of ring_send(). */
int send_numbered(struct ring_end *end, uint32_t number, uint32_t length);

/** Receives a message and checks that it is @number; fails the test if there is none. */
void expect_numbered(struct ring_end *end, uint32_t number);

/** What is in the ring is messages @first, @first + 1, ... ; Returns the number of the first one
 * that is not. */
uint32_t receive_all(struct ring_end *end, uint32_t first);

int test_rings(void);
int test_ring_orders(void);
int test_ring_restarts(void);
int test_ring_hostile_peers(void);
int test_ring_threads(void);

#endif
