/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of accesses to shared memory, on which the models in tests/proofs/ rest. A core of the
 * machine that runs the tests may keep it by itself where Arm's would not; so what is looked at is
 * what ring.c asks of the compiler.
 */
#include "ring_test.h"

#define EVENTS 64U

struct event {
    const volatile void *word; /* NULL: a barrier */
    int order;
};

static struct event events[EVENTS];
static size_t event_count;
static struct channel channel;
static const struct ring_half *half; /* end 0's */
static const struct ring_half *peers;

static void record(const volatile void *word, int order)
{
    assert_true(event_count < EVENTS);
    events[event_count++] = (struct event){word, order};
}

static int setup(void **state)
{
    (void)state;
    channel_make_open(&channel, 4096);
    half = channel_half(&channel, 0);
    peers = channel_half(&channel, 1);
    for (unsigned side = 0; side < 2; side++) {
        assert_int_equal(send_numbered(&channel.ends[side], 0, 24), RING_OK);
        expect_numbered(&channel.ends[1 - side], 0);
    }
    event_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    at_each_moment = NULL;
    channel_free(&channel);
    return 0;
}

/* The place of the first access to @word, or barrier of @order, after place @from. */
static size_t find_from(size_t from, const volatile void *word, int order)
{
    for (size_t i = from; i < event_count; i++) {
        if (events[i].word == word && (word != NULL || events[i].order == order)) {
            return i;
        }
    }
    fail_msg("no such access");
    return event_count;
}

static void expect_barrier_between(const volatile void *written, int order,
                                   const volatile void *looked_at)
{
    const size_t write = find_from(0, written, 0);

    find_from(find_from(write, NULL, order), looked_at, 0);
    /* and not before it */
    for (size_t i = write; events[i].word != NULL || events[i].order != order; i++) {
        assert_true(events[i].word != looked_at);
    }
}

static void test_a_full_barrier_stands_between_what_a_sender_writes_and_who_waits(void **state)
{
    (void)state;
    at_each_moment = record;
    assert_int_equal(send_numbered(&channel.ends[0], 1, 24), RING_OK);
    expect_barrier_between(&half->sent.position, __ATOMIC_SEQ_CST, &peers->received.waits);
}

static void test_a_full_barrier_stands_between_what_a_receiver_writes_and_who_waits(void **state)
{
    (void)state;
    assert_int_equal(send_numbered(&channel.ends[1], 1, 24), RING_OK);
    at_each_moment = record;
    expect_numbered(&channel.ends[0], 1);
    expect_barrier_between(&half->received.position, __ATOMIC_SEQ_CST, &peers->sent.waits);
}

static void test_a_full_barrier_stands_between_asking_for_a_doorbell_and_the_last_look(void **state)
{
    (void)state;
    assert_int_equal(send_numbered(&channel.ends[0], 1, 1016 - 8), RING_OK);
    at_each_moment = record;
    assert_true(ring_wait_to_receive(&channel.ends[0]));
    expect_barrier_between(&half->received.waits, __ATOMIC_SEQ_CST, &peers->sent.position);
    event_count = 0;
    assert_true(ring_wait_to_send(&channel.ends[0], 8));
    expect_barrier_between(&half->sent.waits, __ATOMIC_SEQ_CST, &peers->received.position);
}

static void
test_a_message_is_written_after_its_space_is_seen_and_before_it_is_published(void **state)
{
    const uint64_t *header = &half->data[channel.ends[0].sender.index % 1024 / 8];
    size_t look, publication;

    (void)state;
    at_each_moment = record;
    assert_int_equal(send_numbered(&channel.ends[0], 1, 24), RING_OK);
    look = find_from(0, &peers->received.position, 0);
    publication = find_from(0, &half->sent.position, 0);
    assert_int_equal(events[look].order, __ATOMIC_ACQUIRE);
    assert_int_equal(events[publication].order, __ATOMIC_RELEASE);
    for (size_t i = 0; i < 4; i++) {
        assert_in_range(find_from(0, header + i, 0), look + 1, publication - 1);
    }
}

static void
test_a_message_is_read_after_it_was_seen_and_before_its_space_is_given_back(void **state)
{
    const uint64_t *header = &peers->data[channel.ends[0].receiver.index % 1024 / 8];
    size_t look, barrier, second_look, publication;

    (void)state;
    assert_int_equal(send_numbered(&channel.ends[1], 1, 24), RING_OK);
    at_each_moment = record;
    expect_numbered(&channel.ends[0], 1);
    look = find_from(0, &peers->sent.position, 0);
    barrier = find_from(look, NULL, __ATOMIC_ACQUIRE);
    second_look = find_from(barrier, &peers->sent.position, 0);
    publication = find_from(second_look, &half->received.position, 0);
    assert_int_equal(events[look].order, __ATOMIC_ACQUIRE);
    assert_int_equal(events[publication].order, __ATOMIC_RELEASE);
    for (size_t i = 0; i < 4; i++) {
        assert_in_range(find_from(0, header + i, 0), look + 1, barrier - 1);
    }
}

static void test_an_epoch_is_seen_before_what_is_written_in_it(void **state)
{
    (void)state;
    at_each_moment = record;
    ring_reset(&channel.ends[0]);
    assert_int_equal(send_numbered(&channel.ends[0], 1, 24), RING_OK);
    expect_barrier_between(&half->sent.position, __ATOMIC_RELEASE,
                           &half->data[(0xfffff000 % 1024) / 8]);
}

static void test_each_word_of_the_peer_is_read_once_only_but_for_the_look_at_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(send_numbered(&channel.ends[1], 1, 24), RING_OK);
    at_each_moment = record;
    expect_numbered(&channel.ends[0], 1);
    assert_int_equal(send_numbered(&channel.ends[0], 1, 24), RING_OK);
    for (size_t i = 0; i < event_count; i++) {
        for (size_t j = i + 1; j < event_count; j++) {
            assert_true(events[i].word == NULL || events[i].word != events[j].word ||
                        events[i].word == &peers->sent.position);
        }
    }
}

int test_ring_orders(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_a_full_barrier_stands_between_what_a_sender_writes_and_who_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_full_barrier_stands_between_what_a_receiver_writes_and_who_waits, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_full_barrier_stands_between_asking_for_a_doorbell_and_the_last_look, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_message_is_written_after_its_space_is_seen_and_before_it_is_published, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            test_a_message_is_read_after_it_was_seen_and_before_its_space_is_given_back, setup,
            teardown),
        cmocka_unit_test_setup_teardown(test_an_epoch_is_seen_before_what_is_written_in_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_each_word_of_the_peer_is_read_once_only_but_for_the_look_at_the_epoch, setup,
            teardown),
    };

    return cmocka_run_group_tests_name("ring orders", tests, NULL, NULL);
}
