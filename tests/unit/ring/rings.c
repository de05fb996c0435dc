/* SPDX-License-Identifier: Apache-2.0 */
/* Message rings without trouble: what is sent arrives, and who asks for a doorbell gets one. */
#include "ring_test.h"

#include <sys/mman.h>
#include <unistd.h>

static unsigned char buffer[70000];

static void test_messages_of_every_length_arrive_as_they_were_sent(void **state)
{
    static const size_t sizes[] = {4096, 8192, 12288, 65536};
    struct channel channel;
    struct ring_message found;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        channel_make_open(&channel, sizes[i]);
        for (uint32_t length = 0; length <= ring_message_max(&channel.ends[0]);
             length += 1 + length / 300) {
            const unsigned side = length % 2;
            unsigned char *location = &buffer[length % 9]; /* on all alignments */

            message_fill(location, length, length);
            assert_int_equal(ring_send(&channel.ends[side], location, length), RING_OK);
            memset(buffer, 0xee, sizeof(buffer));
            location = &buffer[length % 11];
            assert_int_equal(ring_receive(&channel.ends[1 - side], location, length, &found),
                             RING_OK);
            assert_int_equal(found.length, length);
            assert_int_equal(found.generation, 1);
            assert_true(message_is(location, length, length));
            assert_int_equal(location[length], 0xee);
        }
        channel_free(&channel);
    }
}

static void test_indices_wrap_at_2_to_the_32(void **state)
{
    struct channel channel;
    uint32_t first, sent = 0, received = 0;

    (void)state;
    channel_make_open(&channel, 4096);
    first = channel.ends[0].sender.index;
    while (channel.ends[1].receiver.index >= first || channel.ends[1].receiver.index < 5000) {
        while (send_numbered(&channel.ends[0], sent, 20 + sent % 40) == RING_OK) {
            sent++;
        }
        for (uint32_t i = 0; i < 5; i++) {
            expect_numbered(&channel.ends[1], received++);
        }
    }
    assert_int_equal(receive_all(&channel.ends[1], received), sent);
    assert_true(first > UINT32_MAX - 10000); /* or this was no wrap */
    channel_free(&channel);
}

static void test_a_full_ring_takes_nothing_more_and_loses_nothing(void **state)
{
    struct channel channel;
    uint32_t sent = 0;

    (void)state;
    channel_make_open(&channel, 4096);
    while (send_numbered(&channel.ends[0], sent, 8) == RING_OK) {
        sent++;
    }
    assert_int_equal(sent, 1024 / 16);
    assert_int_equal(send_numbered(&channel.ends[0], sent, 0), RING_WOULD_BLOCK);
    assert_int_equal(receive_all(&channel.ends[1], 0), sent);
    assert_int_equal(
        ring_receive(&channel.ends[1], buffer, sizeof(buffer), &(struct ring_message){0}),
        RING_WOULD_BLOCK);
    channel_free(&channel);
}

static void test_the_longest_message_fills_the_ring_at_any_index(void **state)
{
    struct channel channel;

    (void)state;
    channel_make_open(&channel, 8192);
    assert_int_equal(ring_message_max(&channel.ends[0]), 2048 - 8);
    for (uint32_t i = 0; i < 600; i++) {
        assert_int_equal(send_numbered(&channel.ends[0], i, 2040), RING_OK);
        assert_int_equal(send_numbered(&channel.ends[0], i, 0), RING_WOULD_BLOCK);
        expect_numbered(&channel.ends[1], i);
        /* and on to the next index */
        assert_int_equal(send_numbered(&channel.ends[0], i, i % 30), RING_OK);
        expect_numbered(&channel.ends[1], i);
    }
    channel_free(&channel);
}

static void test_a_message_that_is_too_long_is_refused_and_stays(void **state)
{
    struct channel channel;
    struct ring_message found = {0};

    (void)state;
    channel_make_open(&channel, 4096);
    assert_int_equal(ring_send(&channel.ends[0], buffer, 1024 - 7), RING_ERR_LENGTH);
    assert_int_equal(ring_send(&channel.ends[0], buffer, UINT32_MAX), RING_ERR_LENGTH);
    assert_int_equal(send_numbered(&channel.ends[0], 1, 100), RING_OK);
    memset(buffer, 0xee, sizeof(buffer));
    assert_int_equal(ring_receive(&channel.ends[1], buffer, 99, &found), RING_ERR_LENGTH);
    assert_int_equal(found.length, 100);
    assert_int_equal(buffer[99], 0xee);
    expect_numbered(&channel.ends[1], 1);
    channel_free(&channel);
}

static void test_impossible_memory_is_refused(void **state)
{
    struct channel channel;
    struct ring_end *end = &channel.ends[0];

    (void)state;
    channel_make(&channel, 8192);
    assert_int_equal(ring_open(end, channel.memory, 0, 0), RING_ERR_MEMORY);
    assert_int_equal(ring_open(end, channel.memory, 4095, 0), RING_ERR_MEMORY);
    assert_int_equal(ring_open(end, channel.memory, 6144, 0), RING_ERR_MEMORY);
    assert_int_equal(ring_open(end, channel.memory, 0x80001000, 0), RING_ERR_MEMORY);
    assert_int_equal(ring_open(end, channel.memory + 8, 4096, 0), RING_ERR_MEMORY);
    assert_int_equal(ring_open(end, channel.memory, 4096, 2), RING_ERR_MEMORY);
    channel_free(&channel);
}

static void test_sides_of_different_sizes_do_not_talk(void **state)
{
    struct channel channel;

    (void)state;
    channel_make_open(&channel, 8192);
    channel_half(&channel, 0)->size = 16384;
    assert_int_equal(send_numbered(&channel.ends[0], 1, 10), RING_OK);
    assert_int_equal(
        ring_receive(&channel.ends[1], buffer, sizeof(buffer), &(struct ring_message){0}),
        RING_ERR_PEER);
    assert_int_equal(ring_peer(&channel.ends[1]).generation, 0);
    channel_free(&channel);
}

/* Maps a channel twice; each side may write its own half only, and would die if it tried more. */
static void test_each_side_needs_to_write_its_own_half_only(void **state)
{
    const size_t size = 16384;
    int file = memfd_create("channel", 0);
    struct ring_end ends[2];

    (void)state;
    assert_true(file >= 0 && ftruncate(file, (off_t)size) == 0);
    for (unsigned round = 0; round < 2;
         round++) { /* the second time finds what the first has left */
        for (unsigned side = 0; side < 2; side++) {
            unsigned char *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);

            assert_true(memory != MAP_FAILED);
            assert_int_equal(mprotect(memory + side * (size / 2), size / 2, PROT_READ | PROT_WRITE),
                             0);
            assert_int_equal(ring_open(&ends[side], memory, size, side), RING_DOORBELL);
        }
    }
    for (unsigned side = 0; side < 2; side++) {
        assert_true(ring_wait_to_receive(&ends[1 - side]));
        assert_int_equal(send_numbered(&ends[side], 1, 3000), RING_DOORBELL);
        assert_true(ring_wait_to_send(&ends[side], 3000));
        assert_true(ring_peer(&ends[1 - side]).is_new);
        expect_numbered(&ends[1 - side], 1);
        ring_reset(&ends[side]);
        ring_discard(&ends[side]);
    }
    close(file);
}

static void test_who_sleeps_for_a_message_is_rung_for_once(void **state)
{
    struct channel channel;

    (void)state;
    channel_make_open(&channel, 4096);
    assert_int_equal(send_numbered(&channel.ends[0], 0, 8), RING_OK);
    assert_false(ring_wait_to_receive(&channel.ends[1]));
    expect_numbered(&channel.ends[1], 0);
    for (uint32_t i = 1; i < 10; i += 3) {
        assert_true(ring_wait_to_receive(&channel.ends[1]));
        assert_int_equal(send_numbered(&channel.ends[0], i, 8), RING_DOORBELL);
        assert_int_equal(send_numbered(&channel.ends[0], i + 1, 8), RING_OK);
        assert_false(ring_wait_to_receive(&channel.ends[1])); /* so it does not sleep */
        expect_numbered(&channel.ends[1], i);
        assert_int_equal(send_numbered(&channel.ends[0], i + 2, 8), RING_OK);
        assert_int_equal(receive_all(&channel.ends[1], i + 1), i + 3);
    }
    channel_free(&channel);
}

static void test_who_sleeps_for_space_is_rung_for_once(void **state)
{
    struct channel channel;
    struct ring_message found;

    (void)state;
    channel_make_open(&channel, 4096);
    assert_false(ring_wait_to_send(&channel.ends[0], 8));
    for (uint32_t i = 0; i < 3; i++) {
        while (send_numbered(&channel.ends[0], 0, 8) == RING_OK)
            ;
        assert_true(ring_wait_to_send(&channel.ends[0], 8));
        assert_int_equal(ring_receive(&channel.ends[1], buffer, 8, &found), RING_DOORBELL);
        assert_int_equal(ring_receive(&channel.ends[1], buffer, 8, &found), RING_OK);
        assert_false(ring_wait_to_send(&channel.ends[0], 24));
        assert_true(ring_wait_to_send(&channel.ends[0], 25));
        assert_int_equal(ring_discard(&channel.ends[1]), RING_DOORBELL);
        assert_false(ring_wait_to_send(&channel.ends[0], ring_message_max(&channel.ends[0])));
        /* ring_send() will say why */
        assert_false(ring_wait_to_send(&channel.ends[0], UINT32_MAX));
    }
    channel_free(&channel);
}

static void test_each_side_sees_whether_the_other_one_is_there(void **state)
{
    struct channel channel;
    struct ring_peer peer;

    (void)state;
    channel_make(&channel, 4096);
    ring_open(&channel.ends[0], channel.memory, 4096, 0);
    peer = ring_peer(&channel.ends[0]);
    assert_int_equal(peer.generation, 0);
    assert_false(peer.is_new || peer.has_seen_us);
    ring_open(&channel.ends[1], channel.memory, 4096, 1);
    peer = ring_peer(&channel.ends[0]);
    assert_int_equal(peer.generation, 1);
    assert_true(peer.is_new && !peer.has_seen_us);
    peer = ring_peer(&channel.ends[1]);
    assert_true(peer.is_new && peer.has_seen_us);
    peer = ring_peer(&channel.ends[0]);
    assert_true(!peer.is_new && peer.has_seen_us);
    channel_free(&channel);
}

static void test_what_is_sent_before_the_other_side_is_there_is_kept(void **state)
{
    struct channel channel;
    uint32_t sent = 0;

    (void)state;
    channel_make(&channel, 4096);
    ring_open(&channel.ends[0], channel.memory, 4096, 0);
    while (send_numbered(&channel.ends[0], sent, 16) == RING_OK) {
        sent++;
    }
    assert_int_equal(sent, 1024 / 24);
    ring_open(&channel.ends[1], channel.memory, 4096, 1);
    assert_int_equal(receive_all(&channel.ends[1], 0), sent);
    channel_free(&channel);
}

static void test_discard_ends_at_what_was_sent_up_to_now(void **state)
{
    struct channel channel;

    (void)state;
    channel_make_open(&channel, 4096);
    assert_int_equal(ring_discard(&channel.ends[1]), RING_WOULD_BLOCK);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(send_numbered(&channel.ends[0], i, 50 + i), RING_OK);
    }
    assert_int_equal(ring_discard(&channel.ends[1]), RING_OK);
    assert_int_equal(send_numbered(&channel.ends[0], 10, 5), RING_OK);
    expect_numbered(&channel.ends[1], 10);
    channel_free(&channel);
}

static void test_a_reset_empties_both_directions_and_they_work_again(void **state)
{
    struct channel channel;

    (void)state;
    channel_make_open(&channel, 4096);
    for (uint32_t round = 0; round < 5; round++) {
        const unsigned side = round % 2;

        assert_int_equal(send_numbered(&channel.ends[0], 100, 30), RING_OK);
        assert_int_equal(send_numbered(&channel.ends[1], 100, 30), RING_OK);
        assert_int_equal(ring_reset(&channel.ends[side]), RING_DOORBELL);
        assert_int_equal(receive_all(&channel.ends[side], 0), 0);
        assert_int_equal(receive_all(&channel.ends[1 - side], 0), 0);
        for (unsigned from = 0; from < 2; from++) {
            assert_int_equal(send_numbered(&channel.ends[from], 0, 1016), RING_OK);
            expect_numbered(&channel.ends[1 - from], 0);
        }
    }
    channel_free(&channel);
}

int test_rings(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_of_every_length_arrive_as_they_were_sent),
        cmocka_unit_test(test_indices_wrap_at_2_to_the_32),
        cmocka_unit_test(test_a_full_ring_takes_nothing_more_and_loses_nothing),
        cmocka_unit_test(test_the_longest_message_fills_the_ring_at_any_index),
        cmocka_unit_test(test_a_message_that_is_too_long_is_refused_and_stays),
        cmocka_unit_test(test_impossible_memory_is_refused),
        cmocka_unit_test(test_sides_of_different_sizes_do_not_talk),
        cmocka_unit_test(test_each_side_needs_to_write_its_own_half_only),
        cmocka_unit_test(test_who_sleeps_for_a_message_is_rung_for_once),
        cmocka_unit_test(test_who_sleeps_for_space_is_rung_for_once),
        cmocka_unit_test(test_each_side_sees_whether_the_other_one_is_there),
        cmocka_unit_test(test_what_is_sent_before_the_other_side_is_there_is_kept),
        cmocka_unit_test(test_discard_ends_at_what_was_sent_up_to_now),
        cmocka_unit_test(test_a_reset_empties_both_directions_and_they_work_again),
    };

    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
