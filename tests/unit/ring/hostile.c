/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer that writes nonsense. The sanitizers see it if a ring leaves its memory; that no function
 * loops is seen by the number of its accesses.
 */
#include "ring_test.h"

#include <pthread.h>

#define ROUNDS 40000U

static struct channel channel;
static unsigned char buffer[8192];
static uint64_t random_state;
static unsigned accesses;
static bool also_our_half;

static uint64_t random_below(uint64_t end)
{
    return random_next(&random_state) % end;
}

/* Nonsense of all kinds, most of it near to what makes sense. */
static uint64_t nonsense(const struct channel *of)
{
    const struct ring_end *end = &of->ends[0];
    const uint32_t epochs[] = {end->receiver.epoch, end->sender.epoch,
                               end->sender.epoch | 0x80000000, 0,
                               (uint32_t)random_below(UINT64_MAX)};
    const uint32_t indices[] = {end->receiver.index, end->sender.index,
                                end->receiver.index + end->capacity, 0,
                                (uint32_t)random_below(UINT64_MAX)};
    const uint32_t by = (uint32_t)random_below(3) * 8 * (uint32_t)random_below(80) +
                        (uint32_t)(random_below(20) == 0);
    const uint32_t index = indices[random_below(5)];

    return (uint64_t)epochs[random_below(5)] << 32 | (random_below(2) ? index + by : index - by);
}

static void write_nonsense(const struct channel *in)
{
    struct ring_half *half = channel_half(in, also_our_half ? (unsigned)random_below(2) : 1);
    uint64_t *places[] = {&half->sent.position, &half->sent.waits, &half->received.position,
                          &half->received.waits,
                          &half->data[random_below(in->ends[0].capacity / 8)]};
    uint64_t *location = places[random_below(5)];

    if (random_below(200) == 0) {
        /* magic, version, size, generation */
        location = (uint64_t *)(void *)half + random_below(3);
    }
    __atomic_store_n(location, nonsense(in), __ATOMIC_RELAXED);
}

static void at_any_moment(const volatile void *word, int order)
{
    (void)word;
    (void)order;
    accesses++;
    if (random_below(4) == 0) {
        write_nonsense(&channel);
    }
}

/* Operations of an honest side, each of which comes back, with a result that it may have. */
static void do_something(struct ring_end *end)
{
    const uint32_t length = (uint32_t)random_below(random_below(5) == 0 ? sizeof(buffer) : 60);
    struct ring_message found;

    switch (random_below(12)) {
    case 0:
        ring_reset(end);
        break;
    case 1:
        assert_int_equal(ring_open(end, channel.memory, channel.size, 0), RING_DOORBELL);
        break;
    case 2:
        ring_wait_to_receive(end);
        ring_wait_to_send(end, length);
        ring_peer(end);
        break;
    case 3:
        assert_in_range(ring_discard(end) + 4, 1, 5);
        break;
    case 4:
    case 5:
    case 6:
        assert_in_range(send_numbered(end, 1, length) + 4, 1, 5);
        break;
    default:
        memset(buffer, 0xee, sizeof(buffer));
        if (ring_receive(end, buffer, length, &found) >= RING_OK) {
            assert_true(found.length <= length);
        }
        for (uint32_t i = length; i < sizeof(buffer); i++) {
            assert_int_equal(buffer[i], 0xee);
        }
        break;
    }
}

static void survive(size_t size, bool our_half)
{
    channel_make_open(&channel, size);
    also_our_half = our_half;
    for (unsigned round = 0; round < ROUNDS; round++) {
        accesses = 0;
        at_each_moment = at_any_moment;
        do_something(&channel.ends[0]);
        at_each_moment = NULL;
        assert_true(accesses <= 30 + channel.ends[0].capacity / 8);
        if (random_below(4) == 0) {
            send_numbered(&channel.ends[1], 1, (uint32_t)random_below(100));
        }
    }
    channel_free(&channel);
}

static void test_nonsense_at_any_moment_does_no_harm(void **state)
{
    (void)state;
    random_state = 1;
    survive(4096, false);
    survive(12288, false);
}

static void test_nonsense_in_our_own_half_does_no_harm_either(void **state)
{
    (void)state;
    random_state = 2;
    survive(4096, true);
}

static struct channel scribbled;
static bool scribbler_ends;

/* Over positions, near to what makes sense, and messages; magic and version stay, or it would be
 * less interesting. */
static void *scribble(void *unused)
{
    uint64_t random = 6;

    (void)unused;
    while (!__atomic_load_n(&scribbler_ends, __ATOMIC_RELAXED)) {
        for (uint32_t i = 0; i < 100; i++) {
            uint64_t volatile *half = (uint64_t volatile *)(void *)channel_half(&scribbled, 1);
            const uint64_t at = 1 + random_next(&random) % (sizeof(struct ring_half) / 8 + 128 - 1);
            const uint64_t value = random_next(&random);

            half[at] =
                at < sizeof(struct ring_half) / 8 ? UINT64_C(1) << 32 | (value % 4096 * 8) : value;
        }
    }
    return NULL;
}

static void test_a_peer_that_scribbles_on_another_core_does_no_harm(void **state)
{
    struct ring_message found;
    pthread_t thread;

    (void)state;
    channel_make_open(&scribbled, 4096);
    scribbler_ends = false;
    assert_int_equal(pthread_create(&thread, NULL, scribble, NULL), 0);
    for (uint32_t i = 0; i < 10 * ROUNDS; i++) {
        ring_receive(&scribbled.ends[0], buffer, i % 300, &found);
        ring_send(&scribbled.ends[0], buffer, i % 50);
        if (i % 8 == 0) {
            ring_reset(&scribbled.ends[0]);
        }
    }
    __atomic_store_n(&scribbler_ends, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    channel_free(&scribbled);
}

static void test_each_kind_of_nonsense_is_called_so(void **state)
{
    struct ring_message found = {0};
    struct ring_half *half;

    (void)state;
    channel_make_open(&channel, 4096);
    half = channel_half(&channel, 1);
    assert_int_equal(send_numbered(&channel.ends[1], 0, 100), RING_OK);
    /* lengths: beyond what was sent, and such that wrap */
    for (uint32_t i = 0; i < 40; i++) {
        ((uint32_t volatile *)half->data)[2 * ((half->sent.position - 112) % 1024 / 8)] =
            i < 20 ? 105 + i : 0U - i + 19;
        assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found),
                         RING_ERR_PEER);
    }
    /* indices: no multiple of 8, more than the ring holds, before what we have received */
    half->sent.position += 1;
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found), RING_ERR_PEER);
    half->sent.position += 1024 - 112 + 7;
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found), RING_ERR_PEER);
    assert_int_equal(ring_discard(&channel.ends[0]), RING_ERR_PEER);
    half->sent.position -= 1024 + 16;
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found), RING_ERR_PEER);
    assert_false(ring_wait_to_receive(&channel.ends[0]));
    /* what we have not sent can't have been received */
    assert_int_equal(send_numbered(&channel.ends[0], 0, 100), RING_OK);
    expect_numbered(&channel.ends[1], 0);
    half->received.position += 8;
    assert_int_equal(send_numbered(&channel.ends[0], 0, 100), RING_ERR_PEER);
    assert_false(ring_wait_to_send(&channel.ends[0], 100));
    half->received.position -= 4;
    assert_int_equal(send_numbered(&channel.ends[0], 0, 100), RING_ERR_PEER);
    channel_free(&channel);
}

static void test_nothing_is_received_in_an_epoch_that_is_none(void **state)
{
    struct ring_message found;
    struct ring_half *half;

    (void)state;
    channel_make_open(&channel, 4096);
    half = channel_half(&channel, 1);
    half->sent.position = 0x100; /* no epoch, and we are in none yet */
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found),
                     RING_WOULD_BLOCK);
    half->sent.position = UINT64_C(0x80000005) << 32 | 0x100; /* no sender's */
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found), RING_ERR_PEER);
    ring_reset(&channel.ends[0]);
    assert_int_equal(ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found),
                     RING_WOULD_BLOCK);
    channel_free(&channel);
}

/* Sends until it arrives; both sides reset when they see nonsense, as docs/channels.md says. */
static void get_through(struct ring_end *sender, struct ring_end *receiver)
{
    for (unsigned tries = 0; tries < 4; tries++) {
        struct ring_message found;
        int result = send_numbered(sender, tries, 50);

        if (result == RING_ERR_PEER) {
            ring_reset(sender);
        }
        while ((result = ring_receive(receiver, buffer, sizeof(buffer), &found)) >= RING_OK ||
               result == RING_ERR_LENGTH) {
            if (result >= RING_OK && found.length == 50 && message_is(buffer, tries, 50)) {
                return;
            }
            if (result == RING_ERR_LENGTH) {
                ring_reset(receiver);
            }
        }
        if (result == RING_ERR_PEER) {
            ring_reset(receiver);
        }
    }
    fail_msg("nothing gets through any more");
}

static void test_whatever_was_written_two_sides_that_open_again_can_talk(void **state)
{
    (void)state;
    random_state = 3;
    channel_make_open(&channel, 4096);
    for (unsigned round = 0; round < 20000; round++) {
        const unsigned first = (unsigned)random_below(2);

        also_our_half = true;
        for (uint64_t i = random_below(12); i > 0; i--) {
            write_nonsense(&channel);
        }
        ring_open(&channel.ends[first], channel.memory, 4096, first);
        ring_open(&channel.ends[1 - first], channel.memory, 4096, 1 - first);
        get_through(&channel.ends[0], &channel.ends[1]);
        get_through(&channel.ends[1], &channel.ends[0]);
    }
    channel_free(&channel);
}

static void test_one_side_that_stays_is_cured_by_a_reset(void **state)
{
    (void)state;
    random_state = 4;
    channel_make_open(&channel, 4096);
    for (unsigned round = 0; round < 20000; round++) {
        also_our_half = false;
        for (uint64_t i = random_below(12); i > 0; i--) {
            write_nonsense(&channel);
        }
        ring_open(&channel.ends[1], channel.memory, 4096, 1);
        get_through(&channel.ends[0], &channel.ends[1]);
        get_through(&channel.ends[1], &channel.ends[0]);
    }
    channel_free(&channel);
}

int test_ring_hostile_peers(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nonsense_at_any_moment_does_no_harm),
        cmocka_unit_test(test_nonsense_in_our_own_half_does_no_harm_either),
        cmocka_unit_test(test_a_peer_that_scribbles_on_another_core_does_no_harm),
        cmocka_unit_test(test_each_kind_of_nonsense_is_called_so),
        cmocka_unit_test(test_nothing_is_received_in_an_epoch_that_is_none),
        cmocka_unit_test(test_whatever_was_written_two_sides_that_open_again_can_talk),
        cmocka_unit_test(test_one_side_that_stays_is_cured_by_a_reset),
    };

    return cmocka_run_group_tests_name("ring hostile peers", tests, NULL, NULL);
}
