/* SPDX-License-Identifier: Apache-2.0 */
/* A name that does not exist is answered with those that were probably meant. */
#include "front_tests.h"

#include "suggest.h"

static void test_slips_are_counted(void **state)
{
    (void)state;

    assert_int_equal(suggest_distance("", "abc"), 3);
    assert_int_equal(suggest_distance("memory", "memory"), 0);
    assert_int_equal(suggest_distance("memroy", "memory"), 1); /* swapped */
    assert_int_equal(suggest_distance("cpu", "cpus"), 1);
    assert_int_equal(suggest_distance("kitten", "sitting"), 3);
}

static void test_the_nearest_come_first_and_far_ones_not_at_all(void **state)
{
    struct suggestion nearest = {.wanted = "serial2", .keep = 2};
    (void)state;

    suggest_consider(&nearest, "rtc");
    suggest_consider(&nearest, "serial");
    suggest_consider(&nearest, "serial2x");
    suggest_consider(&nearest, "serial1");
    suggest_consider(&nearest, "serial1");
    assert_string_equal(suggest_text(&nearest), "did you mean serial or serial2x?");
}

static void test_nothing_near_is_no_suggestion(void **state)
{
    struct suggestion nearest = {.wanted = "at", .keep = 1};
    (void)state;

    suggest_consider(&nearest, "dma");
    assert_null(suggest_text(&nearest));
}

static const char *advice(const char *wanted, const char *name)
{
    struct suggestion nearest = {.wanted = wanted, .keep = 1};

    suggest_consider(&nearest, name);
    return suggest_text(&nearest);
}

static void test_another_word_is_no_slip(void **state)
{
    (void)state;

    assert_null(advice("shared", "board"));
    assert_null(advice("image", "name"));
    assert_null(advice("cores", "cpus"));
    assert_null(advice("period", "priority"));
    assert_null(advice("timeout", "memory"));
    assert_non_null(advice("prioity", "priority"));
    assert_non_null(advice("cmdlien", "cmdline"));
    assert_non_null(advice("vm", "vms"));
}

static void test_capitals_are_no_difference(void **state)
{
    struct suggestion nearest = {.wanted = "SERIAL1", .keep = 2};
    (void)state;

    suggest_consider(&nearest, "serial0");
    suggest_consider(&nearest, "serial1");
    assert_string_equal(suggest_text(&nearest), "did you mean serial1?");
    assert_string_equal(advice("Linux", "linux"), "did you mean linux?");
}

int run_suggest_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slips_are_counted),
        cmocka_unit_test(test_the_nearest_come_first_and_far_ones_not_at_all),
        cmocka_unit_test(test_nothing_near_is_no_suggestion),
        cmocka_unit_test(test_another_word_is_no_slip),
        cmocka_unit_test(test_capitals_are_no_difference),
    };

    return cmocka_run_group_tests_name("suggestions", tests, NULL, NULL);
}
