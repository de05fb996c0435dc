/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl pet. */
#include "linux_test.h"

#include "nagaya.h"
#include "nagayactl.h"

#define WATCHDOG_DEVICE 4

static struct watchdog_page *page;

static int setup(void **state)
{
    static const uint8_t period[8] = {0, 0, 0, 0, 0x05, 0xf5, 0xe1, 0x00}; /* 100 ms */

    fake_setup(state);
    fake_device(WATCHDOG_DEVICE, "nagaya-watchdog");
    page = fake_range(WATCHDOG_DEVICE, 0, 0x60000000, PLAN_PAGE_SIZE);
    fake_property(WATCHDOG_DEVICE, "nagaya,period-ns", period, sizeof(period));
    return 0;
}

static void test_each_pet_changes_the_page(void **state)
{
    (void)state;
    page->count = UINT32_MAX;
    assert_int_equal(RUN("pet", "--once"), STATUS_DONE);
    assert_string_equal(outcome.out, "");
    assert_int_equal(page->count, 0);
    assert_int_equal(RUN("pet", "-n", "3", "-i", "0.001", "--json"), STATUS_DONE);
    assert_string_equal(outcome.out, "{\"period_ns\": 100000000, \"pets\": 3}\n");
    assert_int_equal(page->count, 3);
}

static void test_an_interval_that_would_be_too_long_is_refused(void **state)
{
    (void)state;
    assert_int_equal(RUN("pet", "-i", "0.1"), STATUS_FAILED);
    assert_string_equal(
        outcome.err,
        "nagayactl: pet: each 100 ms is too seldom; the watchdog's period is 100 ms\n");
    assert_int_equal(page->count, 0);
}

static void test_a_vm_without_a_watchdog_is_told_so(void **state)
{
    (void)state;
    fake_device(0, "something-else");
    assert_int_equal(RUN("pet"), STATUS_FAILED);
    assert_says(outcome.err, "this VM has no watchdog");
}

static void test_a_period_that_is_none_is_told(void **state)
{
    (void)state;
    fake_property(WATCHDOG_DEVICE, "nagaya,period-ns", "\1\2\3\4", 4);
    assert_int_equal(RUN("pet"), STATUS_FAILED);
    assert_says(outcome.err, "no proper nagaya,period-ns");
}

int watchdog_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_pet_changes_the_page, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_an_interval_that_would_be_too_long_is_refused, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_vm_without_a_watchdog_is_told_so, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_period_that_is_none_is_told, setup, fake_teardown),
    };

    return cmocka_run_group_tests_name("watchdog", tests, NULL, NULL);
}
