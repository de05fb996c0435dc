/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message rings of which one side restarts. A restart is tried at each moment of each operation:
 * the private memory is gone, the shared memory stays as it was.
 */
#include "ring_test.h"

#include <limits.h>

#define SIZE 4096U

/* Messages that wait in both directions when something happens, and those that follow. */
#define WAITING 6U
#define LENGTH  40U

static struct channel channel;
static unsigned char buffer[SIZE];
static jmp_buf restart;
static unsigned moments_left;
static void (*interruption)(void);

static void maybe_restart(const volatile void *word, int order)
{
    (void)word;
    (void)order;
    if (moments_left-- == 0) {
        at_each_moment = NULL;
        longjmp(restart, 1);
    }
}

static void maybe_interrupt(const volatile void *word, int order)
{
    (void)word;
    (void)order;
    if (moments_left-- == 0) {
        at_each_moment = NULL;
        interruption();
    }
}

/* The operations. Those on end 0 say with the result whether they took or sent a message. */
static bool do_send(struct ring_end *end)
{
    return send_numbered(end, WAITING, LENGTH) >= RING_OK;
}

static bool do_receive(struct ring_end *end)
{
    struct ring_message found;
    int result = ring_receive(end, buffer, sizeof(buffer), &found);

    if (result >= RING_OK) {
        assert_true(message_is(buffer, 0, found.length));
    }
    return result >= RING_OK;
}

static bool do_wait(struct ring_end *end)
{
    ring_wait_to_receive(end);
    ring_wait_to_send(end, SIZE / 4 - 8);
    ring_peer(end);
    return false;
}

static bool do_reset(struct ring_end *end)
{
    ring_reset(end);
    return false;
}

static bool do_open(struct ring_end *end)
{
    ring_open(end, channel.memory, SIZE, 0);
    return false;
}

/* Runs it on end 0, which restarts at the given moment. Returns whether that moment came. */
static bool restarts_in(bool (*operation)(struct ring_end *), unsigned moment)
{
    volatile bool restarted = true;

    moments_left = moment;
    if (setjmp(restart) == 0) {
        at_each_moment = maybe_restart;
        operation(&channel.ends[0]);
        restarted = false;
    }
    at_each_moment = NULL;
    if (restarted) {
        memset(&channel.ends[0], 0xa5, sizeof(channel.ends[0]));
    }
    return restarted;
}

/* Both rings hold messages 0 to WAITING - 1; some went through before, so that indices are
 * @phase records on. */
static void channel_make_busy(uint32_t phase)
{
    channel_make_open(&channel, SIZE);
    for (uint32_t i = 0; i < phase; i++) {
        for (unsigned side = 0; side < 2; side++) {
            assert_int_equal(send_numbered(&channel.ends[side], i, LENGTH), RING_OK);
            expect_numbered(&channel.ends[1 - side], i);
        }
    }
    for (uint32_t i = 0; i < WAITING; i++) {
        for (unsigned side = 0; side < 2; side++) {
            assert_int_equal(send_numbered(&channel.ends[side], i, LENGTH), RING_OK);
        }
    }
}

/* Takes messages from @first on, and then sends and takes some more; Returns the number after
 * the last that waited. */
static uint32_t drain_and_go_on(struct ring_end *receiver, struct ring_end *sender, uint32_t first)
{
    uint32_t next = receive_all(receiver, first);

    for (uint32_t i = 0; i < 40; i++) {
        assert_true(send_numbered(sender, next + i, i) >= RING_OK);
        expect_numbered(receiver, next + i);
    }
    return next;
}

/* The number of the first message that waits, without taking it. */
static uint32_t first_waiting(struct ring_end *end)
{
    struct ring_end copy = *end;
    struct ring_message found;

    if (ring_receive(&copy, buffer, sizeof(buffer), &found) < RING_OK) {
        return UINT32_MAX;
    }
    __atomic_store_n(&end->own->received.position,
                     (uint64_t)end->receiver.epoch << 32 | end->receiver.index, __ATOMIC_RELAXED);
    return (uint32_t)(buffer[0] | buffer[1] << 8);
}

static void restart_in_each_moment(bool (*operation)(struct ring_end *), unsigned may_send,
                                   unsigned may_take)
{
    for (uint32_t phase = 0; phase < 90; phase += 11) { /* also where indices and places wrap */
        bool restarted = true;

        for (unsigned moment = 0; restarted; moment++) {
            bool again = true;

            for (unsigned second = 0; again; second++) { /* and once more while it opens */
                uint32_t first, last;

                channel_make_busy(phase);
                restarted = restarts_in(operation, moment);
                again = restarts_in(do_open, second);
                ring_open(&channel.ends[0], channel.memory, SIZE, 0);

                last = drain_and_go_on(&channel.ends[1], &channel.ends[0], 0);
                assert_in_range(last, WAITING, WAITING + may_send);
                first = first_waiting(&channel.ends[0]);
                assert_in_range(first, 0, may_take);
                assert_int_equal(drain_and_go_on(&channel.ends[0], &channel.ends[1], first),
                                 WAITING);
                channel_free(&channel);
            }
        }
    }
}

static void test_a_restart_while_sending_loses_at_most_that_message(void **state)
{
    (void)state;
    restart_in_each_moment(do_send, 1, 0);
}

static void test_a_restart_while_receiving_loses_at_most_that_message(void **state)
{
    (void)state;
    restart_in_each_moment(do_receive, 0, 1);
}

static void test_a_restart_while_waiting_or_opening_loses_nothing(void **state)
{
    (void)state;
    restart_in_each_moment(do_wait, 0, 0);
    restart_in_each_moment(do_open, 0, 0);
}

static void test_a_restart_while_resetting_leaves_a_channel_that_works(void **state)
{
    bool restarted = true;

    (void)state;
    for (unsigned moment = 0; restarted; moment++) {
        uint32_t last;

        channel_make_busy(moment * 11);
        restarted = restarts_in(do_reset, moment);
        ring_open(&channel.ends[0], channel.memory, SIZE, 0);
        last = drain_and_go_on(&channel.ends[1], &channel.ends[0], 0);
        assert_true(last == 0 || last == WAITING);
        /* sees that its receiver left */
        assert_true(send_numbered(&channel.ends[1], WAITING, 0) >= RING_OK);
        last = first_waiting(&channel.ends[0]);
        assert_true(last == 0 || last == WAITING);
        drain_and_go_on(&channel.ends[0], &channel.ends[1], last);
        channel_free(&channel);
    }
}

static void test_a_restart_in_the_first_opening_of_all_does_no_harm(void **state)
{
    (void)state;
    for (unsigned early = 0; early < 2; early++) {
        bool restarted = true;

        for (unsigned moment = 0; restarted; moment++) {
            channel_make(&channel, SIZE);
            if (early) {
                ring_open(&channel.ends[1], channel.memory, SIZE, 1);
                assert_int_equal(send_numbered(&channel.ends[1], 0, LENGTH), RING_OK);
            }
            restarted = restarts_in(do_open, moment);
            ring_open(&channel.ends[0], channel.memory, SIZE, 0);
            ring_open(&channel.ends[1], channel.memory, SIZE, 1);
            assert_int_equal(drain_and_go_on(&channel.ends[0], &channel.ends[1], 0), early);
            assert_int_equal(drain_and_go_on(&channel.ends[1], &channel.ends[0], 0), 0);
            channel_free(&channel);
        }
    }
}

/* Ways in which end 0's half can be such that no life of it left it so. */
static void damage(struct ring_half *half, unsigned way)
{
    switch (way) {
    case 0:
        half->sent.position += SIZE;
        break;
    case 1:
        half->sent.position += 1;
        break;
    case 2:
        half->sent.position &= UINT32_MAX; /* no epoch */
        break;
    case 3:
        half->sent.position |= UINT64_C(1) << 63; /* one that only a receiver can have */
        break;
    case 4:
        half->received.position += SIZE;
        break;
    case 5:
        half->received.position += 1;
        break;
    case 6:
        half->magic++;
        break;
    case 7:
        half->version++;
        break;
    default:
        half->size++;
        break;
    }
}

static void test_a_side_that_finds_its_half_damaged_begins_anew(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 9; way++) {
        channel_make_busy(30);
        damage(channel_half(&channel, 0), way);
        ring_open(&channel.ends[0], channel.memory, SIZE, 0);
        for (unsigned side = 0; side < 2; side++) {
            struct ring_message found;

            assert_true(send_numbered(&channel.ends[side], 500, 300) >= RING_OK);
            do {
                assert_true(ring_receive(&channel.ends[1 - side], buffer, sizeof(buffer), &found) >=
                            RING_OK);
            } while (found.length != 300);
            assert_true(message_is(buffer, 500, 300));
        }
        channel_free(&channel);
    }
}

static void test_a_restart_is_seen_with_a_new_generation(void **state)
{
    struct ring_message found;
    struct ring_peer peer;

    (void)state;
    channel_make_busy(0);
    ring_peer(&channel.ends[1]);
    ring_peer(&channel.ends[0]);
    for (uint32_t generation = 2; generation < 5; generation++) {
        ring_open(&channel.ends[0], channel.memory, SIZE, 0);
        peer = ring_peer(&channel.ends[1]);
        assert_true(peer.is_new);
        assert_int_equal(peer.generation, generation);
        assert_false(ring_peer(&channel.ends[1]).is_new);
        /* the other one is still the same, and it knows that */
        assert_false(ring_peer(&channel.ends[0]).is_new);
        assert_true(ring_peer(&channel.ends[0]).has_seen_us);
    }
    /* each message tells which life sent it */
    assert_int_equal(send_numbered(&channel.ends[0], WAITING, 4), RING_OK);
    for (uint32_t i = 0; i <= WAITING; i++) {
        assert_int_equal(ring_receive(&channel.ends[1], buffer, sizeof(buffer), &found), RING_OK);
        assert_int_equal(found.generation, i < WAITING ? 1 : 4);
    }
    channel_free(&channel);
}

static void test_the_generation_is_never_0(void **state)
{
    (void)state;
    channel_make_open(&channel, SIZE);
    channel_half(&channel, 0)->generation = UINT32_MAX;
    ring_open(&channel.ends[0], channel.memory, SIZE, 0);
    assert_int_equal(ring_peer(&channel.ends[1]).generation, 1);
    channel_free(&channel);
}

static void test_who_sleeps_is_rung_for_by_a_sender_that_restarted(void **state)
{
    (void)state;
    channel_make_open(&channel, SIZE);
    assert_true(ring_wait_to_receive(&channel.ends[1]));
    /* and dies before it rings */
    assert_int_equal(send_numbered(&channel.ends[0], 0, 4), RING_DOORBELL);
    assert_int_equal(ring_open(&channel.ends[0], channel.memory, SIZE, 0), RING_DOORBELL);
    assert_int_equal(send_numbered(&channel.ends[0], 1, 4), RING_DOORBELL);
    /* a sleeper that restarted and sleeps again has lost its doorbell */
    ring_open(&channel.ends[1], channel.memory, SIZE, 1);
    assert_int_equal(receive_all(&channel.ends[1], 0), 2);
    assert_true(ring_wait_to_receive(&channel.ends[1]));
    assert_int_equal(send_numbered(&channel.ends[0], 2, 4), RING_DOORBELL);
    channel_free(&channel);
}

/* What the other side does in the middle of an operation: begins anew, and fills the ring with
 * other messages. */
static void begin_anew(void)
{
    at_each_moment = NULL;
    ring_reset(&channel.ends[1]);
    for (uint32_t i = 0; send_numbered(&channel.ends[1], 1000 + i, LENGTH) >= RING_OK; i++)
        ;
}

static void lose_the_half_and_begin_anew(void)
{
    memset(channel_half(&channel, 1), 0, sizeof(struct ring_half));
    ring_open(&channel.ends[1], channel.memory, SIZE, 1);
    begin_anew();
}

static void restart_and_fill(void)
{
    ring_open(&channel.ends[1], channel.memory, SIZE, 1);
    for (uint32_t i = WAITING; send_numbered(&channel.ends[1], i, LENGTH) >= RING_OK; i++)
        ;
}

/*
 * Each message that comes while the other side does that is whole, and after the one before.
 * Returns whether that moment came.
 */
static bool receive_interrupted_by(void (*what)(void), unsigned in_message, unsigned moment)
{
    struct ring_message found;
    uint32_t next = 0, blocked = 0;

    for (unsigned i = 0; blocked < 2; i++) {
        uint32_t number;
        int result;

        memset(buffer, 0, sizeof(buffer));
        if (i == in_message) {
            interruption = what;
            moments_left = moment;
            at_each_moment = maybe_interrupt;
        }
        result = ring_receive(&channel.ends[0], buffer, sizeof(buffer), &found);
        at_each_moment = NULL;
        if (result < RING_OK) {
            assert_int_equal(result, RING_WOULD_BLOCK);
            blocked++;
            continue;
        }
        number = (uint32_t)(buffer[0] | buffer[1] << 8);
        assert_true(message_is(buffer, number, found.length));
        assert_true(number == next || (number == 1000 && what != restart_and_fill));
        next = number + 1;
    }
    return moments_left == UINT_MAX;
}

static void test_no_message_is_torn_by_what_the_other_side_does_meanwhile(void **state)
{
    static void (*const interruptions[])(void) = {begin_anew, lose_the_half_and_begin_anew,
                                                  restart_and_fill};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned in_message = 0; in_message <= WAITING; in_message++) {
            bool came = true;
            unsigned moment;

            for (moment = 0; came; moment++) {
                channel_make_busy(moment);
                came = receive_interrupted_by(interruptions[i], in_message, moment);
                channel_free(&channel);
            }
            assert_true(moment > (in_message < WAITING ? LENGTH / 8 : 0));
        }
    }
}

int test_ring_restarts(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_restart_while_sending_loses_at_most_that_message),
        cmocka_unit_test(test_a_restart_while_receiving_loses_at_most_that_message),
        cmocka_unit_test(test_a_restart_while_waiting_or_opening_loses_nothing),
        cmocka_unit_test(test_a_restart_while_resetting_leaves_a_channel_that_works),
        cmocka_unit_test(test_a_restart_in_the_first_opening_of_all_does_no_harm),
        cmocka_unit_test(test_a_side_that_finds_its_half_damaged_begins_anew),
        cmocka_unit_test(test_a_restart_is_seen_with_a_new_generation),
        cmocka_unit_test(test_the_generation_is_never_0),
        cmocka_unit_test(test_who_sleeps_is_rung_for_by_a_sender_that_restarted),
        cmocka_unit_test(test_no_message_is_torn_by_what_the_other_side_does_meanwhile),
    };

    return cmocka_run_group_tests_name("ring restarts", tests, NULL, NULL);
}
