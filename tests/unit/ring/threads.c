/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message rings between two cores: threads that sleep until their doorbell rings, and a process
 * that is killed and started again. A lost wake-up would be a test that never ends; the alarm ends
 * it.
 */
#include "ring_test.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES      1000000U
#define DEADLINE      600U /* s; only for what hangs */
#define RECORD        24U  /* of the killed process's messages, all of 16 bytes */
#define KILLS         100U
#define LOG_MESSAGES  4000000U
#define SURVIVOR_SIZE 65536U

/** Two ends with their doorbells: each is pending from when it rings until it is taken. */
struct line {
    struct channel channel;
    int doorbells[2];
    const char *failure; /* what went wrong in a thread */
};

static struct line line;

static void ring_doorbell(int doorbell)
{
    const uint64_t one = 1;

    if (write(doorbell, &one, sizeof(one)) != sizeof(one)) {
        abort();
    }
}

static void sleep_until_doorbell(int doorbell)
{
    uint64_t count;

    if (read(doorbell, &count, sizeof(count)) != sizeof(count)) {
        abort();
    }
}

static uint32_t length_of(uint32_t number)
{
    return number % 64 == 0 ? number / 64 % 900 : 4 + number % 61;
}

static void *send_many(void *unused)
{
    struct ring_end *end = &line.channel.ends[0];
    unsigned char message[1024];

    (void)unused;
    for (uint32_t number = 0; number < MESSAGES;) {
        const uint32_t length = length_of(number);
        int result;

        message_fill(message, number, length);
        result = ring_send(end, message, length);
        if (result >= RING_OK) {
            number++;
        }
        if (result == RING_DOORBELL) {
            ring_doorbell(line.doorbells[1]);
        } else if (result == RING_WOULD_BLOCK && ring_wait_to_send(end, length)) {
            sleep_until_doorbell(line.doorbells[0]);
        } else if (result < RING_WOULD_BLOCK) {
            abort();
        }
    }
    return NULL;
}

static void *receive_many(void *unused)
{
    struct ring_end *end = &line.channel.ends[1];
    unsigned char message[1024];
    struct ring_message found;

    (void)unused;
    for (uint32_t number = 0; number < MESSAGES;) {
        int result = ring_receive(end, message, sizeof(message), &found);

        if (result >= RING_OK &&
            (found.length != length_of(number) || !message_is(message, number, found.length))) {
            line.failure = "a message is not what was sent";
        }
        if (result >= RING_OK) {
            number++;
        }
        if (result == RING_DOORBELL) {
            ring_doorbell(line.doorbells[0]);
        } else if (result == RING_WOULD_BLOCK && ring_wait_to_receive(end)) {
            sleep_until_doorbell(line.doorbells[1]);
        } else if (result < RING_WOULD_BLOCK) {
            abort();
        }
    }
    return NULL;
}

static void test_a_million_messages_arrive_in_order_and_nobody_oversleeps(void **state)
{
    pthread_t threads[2];

    (void)state;
    channel_make_open(&line.channel, 16384);
    for (unsigned side = 0; side < 2; side++) {
        assert_true((line.doorbells[side] = eventfd(0, 0)) >= 0);
    }
    alarm(DEADLINE);
    assert_int_equal(pthread_create(&threads[0], NULL, send_many, NULL), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, receive_many, NULL), 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    alarm(0);
    assert_null(line.failure);
    channel_free(&line.channel);
}

/** What survives the process that is killed: the channel, and what it said that it had received. */
struct survivor {
    _Alignas(RING_PAGE) unsigned char memory[SURVIVOR_SIZE];
    uint32_t log_count;
    uint32_t log[LOG_MESSAGES];
};

static uint32_t number_at(uint32_t index, uint32_t first_index)
{
    return (index - first_index) / RECORD;
}

/* Sends message after message from where the ring stands, notes each that it receives, and never
 * ends. */
static void live_until_killed(struct survivor *survivor, uint32_t first_index)
{
    struct ring_end end;
    uint32_t message[4];
    struct ring_message found;

    ring_open(&end, survivor->memory, SURVIVOR_SIZE, 0);
    for (;;) {
        const uint32_t number = number_at(end.sender.index, first_index);

        ring_send(&end, (uint32_t[]){number, ~number, number * 3, number ^ 0x55}, sizeof(message));
        if (ring_receive(&end, message, sizeof(message), &found) >= RING_OK &&
            survivor->log_count < LOG_MESSAGES) {
            survivor->log[survivor->log_count] = message[0];
            __atomic_store_n(&survivor->log_count, survivor->log_count + 1, __ATOMIC_RELEASE);
        } else {
            sched_yield();
        }
    }
}

static pid_t start_life(struct survivor *survivor, uint32_t first_index)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it shall not survive a test that fails */
        if (getppid() != parent) {
            _exit(1);
        }
        live_until_killed(survivor, first_index);
        _exit(1);
    }
    return pid;
}

static void check_log(const struct survivor *survivor, uint32_t sent)
{
    uint32_t missing = 0;

    for (uint32_t i = 1; i < survivor->log_count; i++) {
        assert_true(survivor->log[i] > survivor->log[i - 1]);
        missing += survivor->log[i] - survivor->log[i - 1] - 1;
    }
    assert_true(survivor->log_count > 0 && survivor->log[survivor->log_count - 1] < sent);
    assert_true(missing <= KILLS); /* taken by a life that ended before it could note it */
}

static void test_a_process_is_killed_again_and_again_and_nothing_is_lost(void **state)
{
    struct survivor *survivor =
        mmap(NULL, sizeof(*survivor), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint32_t first_index, received = 0, sent = 0, message[4], number;
    uint64_t random = 5;
    struct ring_message found;
    struct ring_end end;

    (void)state;
    assert_true(survivor != MAP_FAILED);
    ring_open(&end, survivor->memory, SURVIVOR_SIZE, 1);
    first_index = end.sender.index;
    alarm(DEADLINE);
    for (unsigned kill_count = 0; kill_count < KILLS; kill_count++) {
        const uint32_t until = received + (uint32_t)(random_next(&random) % 500);
        pid_t life = start_life(survivor, first_index);
        int result;

        assert_true(life > 0);
        while (received < until) {
            if (ring_send(&end, (uint32_t[]){sent, 0, 0, 0}, sizeof(message)) >= RING_OK) {
                sent++;
            }
            result = ring_receive(&end, message, sizeof(message), &found);
            assert_true(result >= RING_WOULD_BLOCK);
            if (result == RING_WOULD_BLOCK) {
                sched_yield();
                continue;
            }
            number = message[0];
            assert_int_equal(number, received);
            assert_true(message[1] == ~number && message[2] == number * 3 &&
                        message[3] == (number ^ 0x55));
            received++;
        }
        assert_int_equal(kill(life, SIGKILL), 0);
        assert_int_equal(waitpid(life, NULL, 0), life);
    }
    alarm(0);
    check_log(survivor, sent);
    munmap(survivor, sizeof(*survivor));
}

int test_ring_threads(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_million_messages_arrive_in_order_and_nobody_oversleeps),
        cmocka_unit_test(test_a_process_is_killed_again_and_again_and_nothing_is_lost),
    };

    return cmocka_run_group_tests_name("ring threads", tests, NULL, NULL);
}
