/* SPDX-License-Identifier: Apache-2.0 */
/* `nagaya run`: a VM that does the same thing again and again does not fill the screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run_fold.h"

static const struct speaker hypervisor = {.name = "hypervisor", .colour = ""};

static struct fold fold;
static struct terminal terminal;
static FILE *screen;
static char *text;
static size_t text_size;

static int setup(void **state)
{
    (void)state;
    fold = (struct fold){0};
    screen = open_memstream(&text, &text_size);
    assert_true(terminal_open(&terminal, screen, 10, NULL));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fclose(screen);
    free(text);
    return 0;
}

static void log_says(uint16_t vm, enum log_event event, const char *line, int64_t now)
{
    const struct log_record record = {.vm = vm, .event = (uint16_t)event};

    fold_line(&fold, &terminal, &hypervisor, &record, line, now);
    fflush(screen);
}

static void time_is(int64_t now)
{
    fold_tick(&fold, &terminal, &hypervisor, now);
    fflush(screen);
}

static unsigned lines_shown(void)
{
    unsigned count = 0;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        count++;
    }
    return count;
}

static void storm(uint16_t vm, unsigned count, int64_t now)
{
    for (unsigned i = 0; i < count; i++) {
        char line[64];

        snprintf(line, sizeof(line), "vm %u: read of 0x%08x: not granted", vm, i);
        log_says(vm, LOG_VM_REFUSED_READ, line, now);
    }
}

static void test_a_storm_is_told_by_its_first_lines_its_number_and_its_last_line(void **state)
{
    (void)state;
    storm(1, 16905, 0);
    assert_int_equal(lines_shown(), 10);
    time_is(999);
    assert_int_equal(lines_shown(), 10);
    time_is(1000);
    assert_int_equal(lines_shown(), 11);
    assert_non_null(
        strstr(text, "hypervisor | vm 1: 16,895 more like this; the last one: read of 0x00004208: "
                     "not granted\n"));
    time_is(5000);
    assert_int_equal(lines_shown(), 11);
}

static void test_a_storm_that_does_not_end_is_told_of_every_ten_seconds(void **state)
{
    (void)state;
    for (int64_t now = 0; now < 30000; now += 100) {
        storm(1, 100, now);
        time_is(now);
    }
    assert_int_equal(lines_shown(), 10 + 2);
    fold_finish(&fold, &terminal, &hypervisor);
    fflush(screen);
    assert_int_equal(lines_shown(), 10 + 3);
}

static void test_what_was_held_of_a_vm_comes_before_what_happens_to_it_next(void **state)
{
    (void)state;
    storm(1, 15, 0);
    log_says(2, LOG_VM_STARTED, "vm 2: started", 1);
    assert_null(strstr(text, "more like this")); /* of another VM, which is no news of this one */
    log_says(1, LOG_VM_OFF, "vm 1: off", 2);
    assert_non_null(strstr(text,
                           "vm 1: 5 more like this; the last one: read of 0x0000000e: not granted\n"
                           "hypervisor | vm 1: off\n"));
}

static void test_storms_of_two_kinds_do_not_undo_each_others_folding(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        log_says(1, LOG_VM_REFUSED_READ, "vm 1: read: not granted", 0);
        log_says(1, LOG_VM_REFUSED_WRITE, "vm 1: write: not granted", 0);
    }
    assert_int_equal(lines_shown(), 20);
}

static void test_after_a_quiet_time_the_first_lines_are_shown_again(void **state)
{
    (void)state;
    storm(1, 11, 0);
    time_is(1000);
    assert_int_equal(lines_shown(), 11); /* a single one is shown as it is */
    assert_null(strstr(text, "more like this"));
    storm(1, 3, 2000);
    assert_int_equal(lines_shown(), 14);
}

static void test_maintenance_by_set_and_way_is_shown_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        log_says(1, LOG_VM_SET_WAY_IGNORED, "vm 1: set/way", 0);
    }
    assert_int_equal(lines_shown(), 1);
    time_is(1000);
    assert_non_null(strstr(text, "vm 1: 499 more like this; the last one: set/way"));
}

static void test_a_vms_own_words_are_all_shown(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 30; i++) {
        log_says(1, LOG_VM_TEXT, "vm 1: says: working", 0);
    }
    assert_int_equal(lines_shown(), 30);
}

static void test_overwritten_lines_are_told_of_once_a_burst(void **state)
{
    (void)state;
    for (int64_t now = 0; now < 500; now += 20) {
        fold_lost(&fold, &terminal, &hypervisor, now == 0 ? 1 : 1000, now);
    }
    time_is(2000);
    assert_string_equal(text, "hypervisor | (1 line of the log was overwritten unread)\n"
                              "hypervisor | (24,000 lines of the log were overwritten unread)\n");
}

static void test_unfolded_each_line_is_shown(void **state)
{
    (void)state;
    fold.off = true;
    storm(1, 100, 0);
    assert_int_equal(lines_shown(), 100);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_a_storm_is_told_by_its_first_lines_its_number_and_its_last_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_storm_that_does_not_end_is_told_of_every_ten_seconds,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_what_was_held_of_a_vm_comes_before_what_happens_to_it_next, setup, teardown),
        cmocka_unit_test_setup_teardown(test_storms_of_two_kinds_do_not_undo_each_others_folding,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_after_a_quiet_time_the_first_lines_are_shown_again,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_maintenance_by_set_and_way_is_shown_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_vms_own_words_are_all_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overwritten_lines_are_told_of_once_a_burst, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_unfolded_each_line_is_shown, setup, teardown),
    };

    return cmocka_run_group_tests_name("run: fold", tests, NULL, NULL);
}
