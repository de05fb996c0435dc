/* SPDX-License-Identifier: Apache-2.0 */
/* libnagaya's channels. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_test.h"

#include "fake_channel.h"
#include "nagaya.h"

static volatile uint32_t *rung;

static void note_ring(volatile uint32_t *word, uint32_t value)
{
    (void)value;
    rung = word;
}

static void test_a_channel_is_found_by_its_name(void **state)
{
    char names[4][INFO_NAME_SIZE];
    struct nagaya_channel channel;

    (void)state;
    assert_int_equal(nagaya_channel_names(names, 4), 1);
    assert_string_equal(names[0], "talk");
    assert_true(nagaya_channel_open("talk", &channel));
    assert_int_equal(channel.memory_size, CHANNEL_SIZE);
    assert_true(channel.writable);
    assert_int_equal(channel.member, 1);
    assert_int_equal(channel.peer_count, 1);
    assert_string_equal(channel.peers[0].vm, "control");
    snprintf(channel.memory, CHANNEL_SIZE, "seen by both");
    assert_string_equal(talk.memory, "seen by both");
    nagaya_channel_close(&channel);
}

static void test_what_is_not_there_is_told_with_what_is(void **state)
{
    struct nagaya_channel channel;

    (void)state;
    assert_false(nagaya_channel_open("tolk", &channel));
    assert_string_equal(nagaya_error(), "this VM has no channel tolk; it has talk");
}

static void test_without_channels(void **state)
{
    struct nagaya_channel channel;

    (void)state;
    assert_false(nagaya_channel_open("talk", &channel));
    assert_says(nagaya_error(), "there is no /sys/class/uio");
    fake_device(0, "nagaya-manager");
    assert_false(nagaya_channel_open("talk", &channel));
    assert_says(nagaya_error(), "this VM has no channel talk, nor any other");
}

static void test_each_peer_has_a_doorbell_and_a_status(void **state)
{
    struct nagaya_channel channel;
    struct vm_status *status;

    (void)state;
    fake_property(CHANNEL_DEVICE, "nagaya,peers", "\0\0\0\0\0\0\0\2", 8);
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control\0plc", 12);
    fake_range(CHANNEL_DEVICE, 1, 0x60010000, 2 * PLAN_PAGE_SIZE);
    status = fake_range(CHANNEL_DEVICE, 2, 0x60020000, 2 * PLAN_PAGE_SIZE);
    status[0] = (struct vm_status){.state = VM_STATUS_RUNNING, .generation = 3};
    *(struct vm_status *)((uint8_t *)status + PLAN_PAGE_SIZE) =
        (struct vm_status){.state = VM_STATUS_STOPPING, .generation = 9};
    fake_stored = note_ring;
    assert_true(nagaya_channel_open("talk", &channel));
    assert_string_equal(channel.peers[1].vm, "plc");
    assert_int_equal(channel.peers[1].member, 2);
    nagaya_channel_ring(&channel, 0);
    assert_ptr_equal(rung, channel.device.maps[1]);
    nagaya_channel_ring(&channel, 1);
    assert_ptr_equal(rung, (uint8_t *)channel.device.maps[1] + PLAN_PAGE_SIZE);
    rung = NULL;
    nagaya_channel_ring(&channel, 2); /* there is none */
    assert_null(rung);
    assert_int_equal(nagaya_channel_status(&channel, 0).generation, 3);
    assert_int_equal(nagaya_channel_status(&channel, 1).state, VM_STATUS_STOPPING);
    nagaya_channel_close(&channel);
}

static void test_read_only_is_known(void **state)
{
    struct nagaya_channel channel;

    (void)state;
    fake_property(CHANNEL_DEVICE, "nagaya,read-only", "", 0);
    assert_true(nagaya_channel_open("talk", &channel));
    assert_false(channel.writable);
    nagaya_channel_close(&channel);
}

static void test_a_node_that_does_not_make_sense_is_refused(void **state)
{
    struct nagaya_channel channel;

    (void)state;
    /* no end */
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control", sizeof "control" - 1);
    assert_false(nagaya_channel_open("talk", &channel));
    assert_says(nagaya_error(), "does not describe its peers");
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control", sizeof "control");
    fake_property(CHANNEL_DEVICE, "nagaya,peers", "\0\0\0\0\0\0\0\2", 8);
    /* one doorbell for two */
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control\0plc", 12);
    assert_false(nagaya_channel_open("talk", &channel));
    fake_range(CHANNEL_DEVICE, 1, 0x60010000, 2 * PLAN_PAGE_SIZE);
    fake_range(CHANNEL_DEVICE, 2, 0x60020000, 2 * PLAN_PAGE_SIZE);
    assert_true(nagaya_channel_open("talk", &channel));
    nagaya_channel_close(&channel);
    /* one name for two */
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control", sizeof "control");
    assert_false(nagaya_channel_open("talk", &channel));
    fake_property(CHANNEL_DEVICE, "nagaya,peers", "\0\0\0\0\0", 5);
    assert_false(nagaya_channel_open("talk", &channel));
    fake_property(CHANNEL_DEVICE, "nagaya,member", "", 0);
    assert_false(nagaya_channel_open("talk", &channel));
    assert_says(nagaya_error(), "has no proper nagaya,member");
}

static void test_a_wait_ends_by_the_doorbell_or_in_time(void **state)
{
    struct nagaya_channel channel;

    (void)state;
    assert_true(nagaya_channel_open("talk", &channel));
    assert_int_equal(nagaya_channel_wait(&channel, 0), NAGAYA_TIMED_OUT);
    fake_ring(CHANNEL_DEVICE);
    assert_int_equal(nagaya_channel_wait(&channel, 60000), NAGAYA_RUNG);
    assert_int_equal(nagaya_channel_wait(&channel, 1), NAGAYA_TIMED_OUT);
    nagaya_channel_close(&channel);
}

static void test_only_one_process_has_the_lock(void **state)
{
    struct nagaya_channel first, second;

    (void)state;
    assert_true(nagaya_channel_open("talk", &first) && nagaya_channel_open("talk", &second));
    assert_true(nagaya_channel_lock(&first));
    assert_false(nagaya_channel_lock(&second));
    assert_says(nagaya_error(), "channel talk is in use by another process here");
    nagaya_channel_close(&first);
    assert_true(nagaya_channel_lock(&second));
    nagaya_channel_close(&second);
}

int channel_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_channel_is_found_by_its_name, fake_channel_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_there_is_told_with_what_is,
                                        fake_channel_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_without_channels, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_each_peer_has_a_doorbell_and_a_status,
                                        fake_channel_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_read_only_is_known, fake_channel_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_node_that_does_not_make_sense_is_refused,
                                        fake_channel_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_wait_ends_by_the_doorbell_or_in_time,
                                        fake_channel_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_only_one_process_has_the_lock, fake_channel_setup,
                                        fake_teardown),
    };

    return cmocka_run_group_tests_name("channels", tests, NULL, NULL);
}
