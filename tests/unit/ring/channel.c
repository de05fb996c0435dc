/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the message rings share. */
#include "ring_test.h"

#include <sanitizer/asan_interface.h>

#define LONGEST 70000U

_Thread_local void (*at_each_moment)(const volatile void *word, int order);

/* The part of a half that the ring does not use, if its size is no power of two. */
static unsigned char *unused_part(const struct channel *channel, unsigned side, size_t *size)
{
    size_t capacity = 1;

    while (2 * capacity + sizeof(struct ring_half) <= channel->size / 2) {
        capacity *= 2;
    }
    *size = channel->size / 2 - sizeof(struct ring_half) - capacity;
    return (unsigned char *)channel_half(channel, side) + sizeof(struct ring_half) + capacity;
}

void channel_make(struct channel *channel, size_t size)
{
    *channel = (struct channel){.memory = aligned_alloc(RING_LINE, size), .size = size};
    assert_non_null(channel->memory);
    memset(channel->memory, 0, size);
    for (unsigned side = 0; side < 2; side++) {
        size_t unused;
        unsigned char *part = unused_part(channel, side, &unused);

        ASAN_POISON_MEMORY_REGION(part, unused);
    }
}

void channel_make_open(struct channel *channel, size_t size)
{
    channel_make(channel, size);
    for (unsigned side = 0; side < 2; side++) {
        assert_int_equal(ring_open(&channel->ends[side], channel->memory, size, side),
                         RING_DOORBELL);
    }
}

void channel_free(struct channel *channel)
{
    ASAN_UNPOISON_MEMORY_REGION(channel->memory, channel->size);
    free(channel->memory);
}

struct ring_half *channel_half(const struct channel *channel, unsigned side)
{
    return (struct ring_half *)(void *)(channel->memory + side * (channel->size / 2));
}

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void message_fill(unsigned char *message, uint32_t number, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        message[i] =
            (unsigned char)(i < 4 ? number >> 8 * i : number * 7 + length * 3 + i * 11 + i / 256);
    }
}

bool message_is(const unsigned char *message, uint32_t number, uint32_t length)
{
    static _Thread_local unsigned char expected[LONGEST];

    assert_true(length <= LONGEST);
    message_fill(expected, number, length);
    return memcmp(message, expected, length) == 0;
}

int send_numbered(struct ring_end *end, uint32_t number, uint32_t length)
{
    static _Thread_local unsigned char message[LONGEST];

    assert_true(length <= LONGEST);
    message_fill(message, number, length);
    return ring_send(end, message, length);
}

void expect_numbered(struct ring_end *end, uint32_t number)
{
    static _Thread_local unsigned char message[LONGEST];
    struct ring_message found;

    assert_true(ring_receive(end, message, sizeof(message), &found) >= RING_OK);
    assert_true(message_is(message, number, found.length));
}

uint32_t receive_all(struct ring_end *end, uint32_t first)
{
    static unsigned char message[LONGEST];
    struct ring_message found;
    int result;

    while ((result = ring_receive(end, message, sizeof(message), &found)) >= RING_OK) {
        assert_true(message_is(message, first, found.length));
        first++;
    }
    assert_int_equal(result, RING_WOULD_BLOCK);
    return first;
}
