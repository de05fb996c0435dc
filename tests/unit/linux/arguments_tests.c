/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include <stdio.h>
#include <string.h>

#include "linux_test.h"
#include "nagayactl.h"

static const struct command sample = {"sample", "", "", "nft1wi", 1, 2, NULL};

static bool read_words(struct arguments *arguments, int argc, const char *const words[])
{
    static char copies[8][64];
    static char *argv[8];

    for (int i = 0; i < argc; i++) {
        snprintf(copies[i], sizeof(copies[i]), "%s", words[i]);
        argv[i] = copies[i];
    }
    return arguments_read(&sample, argc, argv, arguments);
}
#define READ(arguments, ...)                                                                       \
    read_words(arguments, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),             \
               (const char *const[]){__VA_ARGS__})

static void test_options_stand_anywhere_in_each_form(void **state)
{
    struct arguments arguments;

    (void)state;
    assert_true(READ(&arguments, "-n3", "first", "--timeout=1.5", "second", "-j"));
    assert_int_equal(arguments.count, 3);
    assert_int_equal(arguments.timeout_ms, 1500);
    assert_true(arguments.json);
    assert_int_equal(arguments.word_count, 2);
    assert_string_equal(arguments.words[0], "first");
    assert_string_equal(arguments.words[1], "second");
    assert_true(READ(&arguments, "--count", "4", "word", "-t", "0", "--no-wait"));
    assert_int_equal(arguments.count, 4);
    assert_int_equal(arguments.timeout_ms, 0);
    assert_true(arguments.no_wait);
}

static void test_words_may_look_like_options(void **state)
{
    struct arguments arguments;

    (void)state;
    assert_true(READ(&arguments, "word", "-"));
    assert_string_equal(arguments.words[1], "-");
    assert_true(READ(&arguments, "--", "--count", "-x"));
    assert_string_equal(arguments.words[0], "--count");
    assert_int_equal(arguments.count, 0);
}

static void test_what_is_not_given_is_known_as_such(void **state)
{
    struct arguments arguments;

    (void)state;
    assert_true(READ(&arguments, "word"));
    assert_int_equal(arguments.timeout_ms, FOR_EVER);
    assert_int_equal(arguments.count, 0);
    assert_false(arguments.json || arguments.follow || arguments.once || arguments.no_wait);
}

static void test_mistakes_are_told_with_the_way_to_help(void **state)
{
    static const struct {
        const char *words[5];
        const char *says;
    } mistakes[] = {
        {{"recv"}, "a name is missing"},
        {{"recv", "a", "b"}, "too many words, from here: b"},
        {{"recv", "a", "--once"}, "there is no option --once"},
        {{"recv", "a", "-fx"}, "there is no option -fx"},
        {{"recv", "a", "--follows"}, "there is no option --follows"},
        {{"recv", "a", "--follow=1"}, "there is no option --follow=1"},
        {{"recv", "a", "-n"}, "a value is missing after -n"},
        {{"recv", "a", "-n", "0"}, "no proper value for the option before it: 0"},
        {{"recv", "a", "-n", "-1"}, "no proper value for the option before it: -1"},
        {{"recv", "a", "-n99999999999999999999"},
         "no proper value for the option before it: 99999"},
        {{"recv", "a", "-t", "1s"}, "no proper value for the option before it: 1s"},
        {{"recv", "a", "-t", "nan"}, "no proper value for the option before it: nan"},
        {{"recv", "a", "-t", "1e9"}, "no proper value for the option before it: 1e9"},
        {{"recv", "a", "-p", "0"}, "no proper value for the option before it: 0"},
        {{"pet", "now"}, "too many words, from here: now"},
        {{"top", "-i", "0"}, "no proper value for the option before it: 0"},
        {{"recv", "a", "-f", "-n2"}, "--follow and --count exclude each other"},
        {{"list", "a"}, "too many words, from here: a"},
        {{"lst"}, "there is no command lst; nagayactl --help"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        assert_int_equal(run_with(NULL, mistakes[i].words), STATUS_USAGE);
        assert_says(outcome.err, mistakes[i].says);
        assert_says(outcome.err, "--help shows");
        assert_string_equal(outcome.out, "");
    }
}

static void test_help_is_there_for_all(void **state)
{
    static const char *const commands[] = {"list", "top",  "log",  "start", "stop", "restart",
                                           "load", "send", "recv", "ring",  "pet"};

    (void)state;
    assert_int_equal(RUN("--help"), STATUS_DONE);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(RUN("--help"), STATUS_DONE);
        assert_says(outcome.out, commands[i]);
        assert_int_equal(RUN(commands[i], "--help"), STATUS_DONE);
        assert_says(outcome.out, "usage: nagayactl");
        assert_says(outcome.out, commands[i]);
        assert_string_equal(outcome.err, "");
    }
    assert_int_equal(run_with(NULL, (const char *const[]){NULL}), STATUS_USAGE);
    assert_says(outcome.err, "usage: nagayactl");
}

int arguments_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_stand_anywhere_in_each_form),
        cmocka_unit_test(test_words_may_look_like_options),
        cmocka_unit_test(test_what_is_not_given_is_known_as_such),
        cmocka_unit_test(test_mistakes_are_told_with_the_way_to_help),
        cmocka_unit_test(test_help_is_there_for_all),
    };

    return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
