/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side of a channel against a peer made of bytes: the input is a program that the peer, and the
 * application on our side, carry out. The peer writes anything anywhere into its half, between our
 * accesses, too. Whatever it does, our side stays within the memory that it may touch (the
 * sanitizers see to it), writes nothing into the peer's half, takes no more than there can be, and
 * comes back soon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h>

#include "fuzz.h"
#include "ring.h"

#define REQUIRE(what)                                                                              \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "ring_fuzz: not so: %s (line %d)\n", #what, __LINE__);                 \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

_Thread_local void (*at_each_moment)(const volatile void *word, int order);

static const uint8_t *program;
static size_t program_left;

static unsigned char *memory;
static size_t memory_size;
static struct ring_end our;
static struct ring_half *peers; /* as its writer sees it */
static unsigned accesses;
static unsigned moment_of_write;

static uint32_t next_byte(void)
{
    if (program_left == 0) {
        return 0;
    }
    program_left--;
    return *program++;
}

static uint32_t next_number(void)
{
    const uint32_t low = next_byte();

    return low | next_byte() << 8;
}

/* A number near to a given one, most of the time. */
static uint32_t next_near(uint32_t to)
{
    const uint32_t by = next_number();

    return by & 1 ? to + (by >> 2) % 256 * (by & 2 ? 8 : 1) - 256 : by == 0 ? to : by * 0x10001;
}

static void peer_writes(void)
{
    const uint32_t what = next_byte();
    uint64_t *location;
    uint64_t value;

    switch (what % 5) {
    case 0: /* a position in the epoch in which we are, or in another one */
        location = &peers->sent.position;
        value = (uint64_t)(our.receiver.epoch + (what & 0x80 ? next_byte() << 30 | 1 : 0)) << 32;
        value |= next_near(our.receiver.index);
        break;
    case 1:
        location = &peers->received.position;
        value = (uint64_t)(our.sender.epoch | (what & 0x80 ? next_byte() << 30 : 0)) << 32;
        value |= next_near(our.sender.index);
        break;
    case 2: /* the length of what we would receive next */
        location = &peers->data[our.receiver.index % our.capacity / 8];
        value = next_near(64);
        break;
    case 3:
        location = &peers->data[next_number() % (our.capacity / 8)];
        value = next_number();
        break;
    default: /* anything in the header */
        location = (uint64_t *)(void *)peers + next_byte() % (sizeof(*peers) / 8);
        value = (uint64_t)next_near(0) << 32 | next_near(0);
        break;
    }
    __atomic_store_n(location, value, __ATOMIC_RELAXED);
}

static void in_the_middle(const volatile void *word, int order)
{
    (void)word;
    (void)order;
    if (accesses++ == moment_of_write) {
        peer_writes();
    }
}

/* One call of our side; Returns its result. */
static int we_call(uint32_t command)
{
    static unsigned char buffer[16384];
    const uint32_t length = next_number() % (command & 0x80 ? (uint32_t)sizeof(buffer) : 128);
    unsigned char *location = malloc(length + 1); /* with nothing behind it */
    struct ring_message found;
    int result = RING_OK;

    REQUIRE(location != NULL);
    switch (command % 8) {
    case 0:
        result = ring_send(&our, buffer, length);
        break;
    case 1:
        ring_wait_to_receive(&our);
        break;
    case 2:
        ring_wait_to_send(&our, length);
        break;
    case 3:
        result = ring_discard(&our);
        break;
    case 4:
        ring_peer(&our);
        break;
    case 5:
        result = length < 32   ? ring_reset(&our)
                 : length < 64 ? ring_open(&our, memory, memory_size, 0)
                               : RING_OK;
        break;
    default:
        result = ring_receive(&our, location, length, &found);
        REQUIRE(result < RING_OK ||
                (found.length <= length && found.length <= ring_message_max(&our)));
        break;
    }
    free(location);
    return result;
}

static void our_turn(uint32_t command)
{
    static unsigned char before[16384];
    const uint32_t epoch = our.receiver.epoch, index = our.receiver.index;
    int result;

    accesses = 0;
    moment_of_write = command & 0x40 ? next_byte() % 32 : UINT32_MAX;
    memcpy(before, peers, sizeof(*peers) + our.capacity);
    at_each_moment = in_the_middle;
    result = we_call(command);
    at_each_moment = NULL;
    REQUIRE(result >= RING_ERR_PEER && result <= RING_DOORBELL);
    REQUIRE(accesses <= 40 + our.capacity / 8);
    REQUIRE(moment_of_write < accesses ||
            memcmp(before, peers, sizeof(*peers) + our.capacity) == 0);
    REQUIRE(our.receiver.epoch != epoch || our.receiver.index - index <= our.capacity);
    REQUIRE(our.own->sent.position == ((uint64_t)our.sender.epoch << 32 | our.sender.index));
    REQUIRE(our.own->received.position ==
            ((uint64_t)our.receiver.epoch << 32 | our.receiver.index));
}

/* The rest of a half, which no ring uses, may not be touched. */
static void poison_unused(struct ring_half *half)
{
    ASAN_POISON_MEMORY_REGION((unsigned char *)half->data + our.capacity,
                              memory_size / 2 - sizeof(*half) - our.capacity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    program = data;
    program_left = size;
    memory_size = RING_PAGE * (1 + next_byte() % 3);
    memory = aligned_alloc(RING_LINE, memory_size);
    REQUIRE(memory != NULL);
    memset(memory, 0, memory_size);
    ring_open(&our, memory, memory_size, 1);
    ring_open(&our, memory, memory_size, 0);
    peers = (struct ring_half *)(void *)(memory + memory_size / 2);
    poison_unused(our.own);
    poison_unused(peers);
    while (program_left != 0) {
        const uint32_t command = next_byte();

        if (command & 0x20) {
            peer_writes();
        } else {
            our_turn(command);
        }
    }
    ASAN_UNPOISON_MEMORY_REGION(memory, memory_size);
    free(memory);
    return 0;
}
