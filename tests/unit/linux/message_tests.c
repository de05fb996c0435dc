/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl send, recv, ring; the other side's end of the ring is in the test. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_test.h"

#include "fake_channel.h"
#include "nagaya.h"
#include "nagayactl.h"
#include "ring.h"

static struct ring_end control;

static int setup(void **state)
{
    fake_channel_setup(state);
    return ring_open(&control, talk.memory, CHANNEL_SIZE, 0) < 0;
}

static const char *heard(void)
{
    static char text[CHANNEL_SIZE];
    struct ring_message message;

    if (ring_receive(&control, text, sizeof(text) - 1, &message) < 0) {
        return NULL;
    }
    text[message.length] = '\0';
    return text;
}

static void say(const char *bytes, uint32_t size)
{
    assert_true(ring_send(&control, bytes, size) >= 0);
}

static void test_send_a_word(void **state)
{
    (void)state;
    assert_int_equal(RUN("send", "talk", "good morning"), STATUS_DONE);
    assert_string_equal(outcome.out, "");
    assert_string_equal(heard(), "good morning");
    assert_null(heard());
    assert_true(talk.rings > 0);
    assert_string_equal(
        outcome.err,
        "nagayactl: send: control is off: this waits in the channel until it is started\n");
    talk.status->state = VM_STATUS_RUNNING;
    assert_int_equal(RUN("send", "talk", "good evening"), STATUS_DONE);
    assert_string_equal(outcome.err, "");
    talk.status->state = VM_STATUS_LOST;
    assert_int_equal(RUN("send", "talk", "good night"), STATUS_DONE);
    assert_string_equal(
        outcome.err,
        "nagayactl: send: control is lost by a fault of the hypervisor: nobody takes this\n");
}

static void test_send_lines(void **state)
{
    (void)state;
    assert_int_equal(RUN_INPUT("one\n\nthree", "send", "talk", "--json"), STATUS_DONE);
    assert_string_equal(outcome.out, "{\"channel\": \"talk\", \"sent\": 3}\n");
    assert_string_equal(heard(), "one");
    assert_string_equal(heard(), "");
    assert_string_equal(heard(), "three");
    assert_int_equal(RUN_INPUT("four\n", "send", "talk", "-"), STATUS_DONE);
    assert_string_equal(heard(), "four");
}

static void test_send_a_message_that_is_too_long(void **state)
{
    char line[CHANNEL_SIZE];

    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    assert_int_equal(RUN_INPUT(line, "send", "talk"), STATUS_FAILED);
    assert_says(outcome.err, "a message of 8191 bytes is too long; channel talk takes ");
}

static void test_send_to_one_who_does_not_listen(void **state)
{
    char lines[4 * CHANNEL_SIZE];

    (void)state;
    memset(lines, '\n', sizeof(lines) - 1);
    lines[sizeof(lines) - 1] = '\0';
    assert_int_equal(RUN_INPUT(lines, "send", "talk", "-t", "0.01"), STATUS_FAILED);
    assert_says(outcome.err, "channel talk is full: nothing came from control in time; it is off");
    talk.status->state = VM_STATUS_RUNNING;
    assert_int_equal(RUN("send", "talk", "more", "-t", "0"), STATUS_FAILED);
    assert_says(outcome.err, "nothing came from control in time\n");
}

static void test_receive_text_and_bytes(void **state)
{
    (void)state;
    say("text\n", 5);
    say("two\nlines", 9);
    say("\x01\xff", 2);
    say("", 0);
    assert_int_equal(RUN("recv", "talk", "-n", "4"), STATUS_DONE);
    assert_string_equal(outcome.out, "text\n0x74776f0a6c696e6573\n0x01ff\n\n");
}

static void test_receive_json(void **state)
{
    (void)state;
    say("say \"a\"", 7);
    say("\x01\xff", 2);
    assert_int_equal(RUN("recv", "talk", "-n2", "--json"), STATUS_DONE);
    assert_string_equal(
        outcome.out,
        "{\"channel\": \"talk\", \"generation\": 1, \"length\": 7, \"text\": \"say \\\"a\\\"\"}\n"
        "{\"channel\": \"talk\", \"generation\": 1, \"length\": 2, \"hex\": \"01ff\"}\n");
}

static void test_receive_one_unless_asked_for_more(void **state)
{
    (void)state;
    say("one", 3);
    say("two", 3);
    assert_int_equal(RUN("recv", "talk"), STATUS_DONE);
    assert_string_equal(outcome.out, "one\n");
    assert_int_equal(RUN("recv", "talk"), STATUS_DONE);
    assert_string_equal(outcome.out, "two\n");
}

static void test_receive_in_vain(void **state)
{
    (void)state;
    talk.status->state = VM_STATUS_RUNNING;
    assert_int_equal(RUN("recv", "talk", "-t", "0.01"), STATUS_FAILED);
    assert_string_equal(outcome.err, "nagayactl: recv: nothing came from control in time\n");
}

static void test_receive_from_one_who_begins_anew(void **state)
{
    (void)state;
    say("old", 3);
    assert_true(ring_open(&control, talk.memory, CHANNEL_SIZE, 0) >= 0);
    say("new", 3);
    assert_int_equal(RUN("recv", "talk", "-n2"), STATUS_DONE);
    assert_string_equal(outcome.out, "old\nnew\n");
    assert_string_equal(outcome.err, "nagayactl: recv: control opened channel talk again\n");
}

/* A sender that would have to leave its guest for it does not ring. */
static void test_receive_from_one_who_does_not_ring(void **state)
{
    pid_t sender;

    (void)state;
    sender = fork();
    assert_true(sender >= 0);
    if (sender == 0) {
        usleep(50000);
        _exit(ring_send(&control, "unheard", 7) < 0);
    }
    assert_int_equal(RUN("recv", "talk", "-p", "0.01", "-t", "20"), STATUS_DONE);
    assert_string_equal(outcome.out, "unheard\n");
    assert_int_equal(waitpid(sender, NULL, 0), sender);
    /* Looking now and then is no way to wait longer, or shorter. */
    assert_int_equal(RUN("recv", "talk", "-p", "0.01", "-t", "0.05"), STATUS_FAILED);
    assert_int_equal(RUN("recv", "talk", "-p", "100", "-t", "0.05"), STATUS_FAILED);
}

static void test_receive_only_what_is_new(void **state)
{
    (void)state;
    say("old", 3);
    say("older", 5);
    assert_int_equal(RUN("recv", "talk", "--discard", "-t", "0"), STATUS_FAILED);
    assert_string_equal(outcome.out, "");
    say("new", 3);
    assert_int_equal(RUN("recv", "talk", "-t", "0"), STATUS_DONE);
    assert_string_equal(outcome.out, "new\n");
}

static void test_receive_nonsense(void **state)
{
    struct ring_half *half = talk.memory;

    (void)state;
    say("good", 4);
    assert_int_equal(RUN("recv", "talk"), STATUS_DONE);
    half->sent.position += 12345;
    assert_int_equal(RUN("recv", "talk", "-t", "0"), STATUS_FAILED);
    assert_true(strstr(outcome.err, "makes no sense") != NULL ||
                strstr(outcome.err, "in time") != NULL);
}

static void test_messages_need_two_who_may_write(void **state)
{
    (void)state;
    fake_property(CHANNEL_DEVICE, "nagaya,read-only", "", 0);
    assert_int_equal(RUN("recv", "talk"), STATUS_FAILED);
    assert_says(outcome.err, "this VM may only read the memory of channel talk");
    fake_property(CHANNEL_DEVICE, "nagaya,peers", "\0\0\0\0\0\0\0\2", 8);
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control\0plc", 12);
    fake_range(CHANNEL_DEVICE, 1, 0x60010000, 2 * PLAN_PAGE_SIZE);
    fake_range(CHANNEL_DEVICE, 2, 0x60020000, 2 * PLAN_PAGE_SIZE);
    assert_int_equal(RUN("send", "talk", "x"), STATUS_FAILED);
    assert_says(outcome.err, "channel talk has 3 members; messages go between two");
    assert_int_equal(RUN("ring", "talk", "--json"), STATUS_DONE); /* doorbells are for all */
    assert_string_equal(outcome.out, "{\"channel\": \"talk\", \"rung\": 2}\n");
}

static void test_ring_whom(void **state)
{
    (void)state;
    assert_int_equal(RUN("ring", "talk"), STATUS_DONE);
    assert_int_equal(RUN("ring", "talk", "control"), STATUS_DONE);
    assert_int_equal(talk.rings, 2);
    assert_int_equal(RUN("ring", "talk", "plc"), STATUS_FAILED);
    assert_string_equal(outcome.err,
                        "nagayactl: ring: VM plc is no other member of channel talk\n");
    assert_int_equal(talk.rings, 2);
}

int message_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_send_a_word, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_send_lines, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_send_a_message_that_is_too_long, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_send_to_one_who_does_not_listen, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_text_and_bytes, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_json, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_one_unless_asked_for_more, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_in_vain, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_from_one_who_begins_anew, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_from_one_who_does_not_ring, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_only_what_is_new, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_receive_nonsense, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_messages_need_two_who_may_write, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_ring_whom, setup, fake_teardown),
    };

    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
