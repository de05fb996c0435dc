/* SPDX-License-Identifier: Apache-2.0 */
/* `nagaya run`: what is typed, when and at which VM; and files that are put into VMs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run_put.h"
#include "run_script.h"

static struct script script;
static struct run_options options;

/** Reads a command line of `nagaya run` with two arguments besides the system. */
static bool read_options(const char *option, const char *argument)
{
    char *words[] = {strdup("run"), strdup("a.yaml"), strdup(option), strdup(argument), NULL};

    return run_options_read(4, words, &options);
}

static void types(const char *argument)
{
    assert_true(read_options("--type", argument));
    script = (struct script){0};
    script_start(&script, &options);
}

static void test_prompts_are_known_by_their_last_sign(void **state)
{
    static const char *const prompts[] = {
        "# ",     "linux:~# ",         "$ ",        "=> ",    ">", "nsh> ",
        "host% ", "buildroot login: ", "Password:", "user: ", "#"};
    static const char *const others[] = {"",   "booting", "10 %",          "Loading:", "cost: 5$x",
                                         "  ", "99% ",    "see issue #12", "a#",       "time: 12:"};

    (void)state;
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        if (!script_is_prompt(prompts[i])) {
            fail_msg("'%s' is a prompt", prompts[i]);
        }
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (script_is_prompt(others[i])) {
            fail_msg("'%s' is no prompt", others[i]);
        }
    }
}

static void test_a_prompt_of_the_users_own_is_waited_for(void **state)
{
    (void)state;
    types("linux:Press any key:=y=1");
    assert_null(script_next(&script, "linux", "linux:~# ", true));
    assert_null(script_next(&script, "control", "Press any key: ", true));
    assert_string_equal(script_next(&script, "linux", "  Press any key: ", true), "y=1");
    assert_null(script_next(&script, "linux", "Press any key:", true));
}

static void test_an_equals_sign_in_a_prompt_is_written_behind_a_backslash(void **state)
{
    (void)state;
    types("u-boot:\\=> =setenv a=b\\=c");
    assert_string_equal(script_next(&script, "u-boot", "=> ", false), "setenv a=b\\=c");
    types("vm:a\\\\b\\c=x");
    assert_string_equal(script_next(&script, "vm", "a\\b\\c", false), "x");
}

static void test_a_colon_in_the_text_begins_no_prompt(void **state)
{
    (void)state;
    types("linux=echo a:b=c");
    assert_string_equal(script_next(&script, "linux", "# ", false), "echo a:b=c");
}

static void test_what_is_no_such_line_is_refused(void **state)
{
    (void)state;
    assert_false(read_options("--type", "linux:prompt"));
    assert_false(read_options("--type", "linux: =x"));
    assert_false(read_options("--type", ":prompt=x"));
    assert_false(read_options("--put", "linux"));
    assert_false(read_options("--put", "linux="));
    assert_false(read_options("--put", "linux=file:/"));
    assert_false(read_options("--put", "linux=file:/folder/"));
}

static void test_standard_input_is_typed_line_by_line_where_the_keyboard_is(void **state)
{
    (void)state;
    types("linux=first");
    script_pipe(&script, "uname\necho a", 12);
    assert_string_equal(script_next(&script, "linux", "# ", true), "first");
    assert_null(script_next(&script, "control", "# ", false));
    assert_null(script_next(&script, "linux", "booting", true));
    assert_string_equal(script_next(&script, "linux", "# ", true), "uname");
    assert_null(script_next(&script, "linux", "# ", true)); /* half a line: more may come */
    script_pipe(&script, "", 0);
    assert_string_equal(script_next(&script, "linux", "# ", true), "echo a");
    assert_null(script_next(&script, "linux", "# ", true));
}

static void test_standard_input_may_lead_to_the_prompt_that_is_waited_for(void **state)
{
    (void)state;
    types("linux:really?=yes");
    script_pipe(&script, "rm -i file\n", 11);
    /* it is silent: the prompt may be yet to come */
    assert_null(script_next_piped(&script, "linux"));
    assert_string_equal(script_next(&script, "linux", "# ", true), "rm -i file");
    assert_string_equal(script_next(&script, "linux", "really? ", true), "yes");
}

static void test_a_file_is_put_where_it_was_asked_to_be(void **state)
{
    (void)state;
    assert_true(read_options("--put", "linux=a:b/c.txt:/etc/c"));
    assert_string_equal(options.put[0].vm, "linux");
    assert_string_equal(options.put[0].file, "a:b/c.txt");
    assert_string_equal(options.put[0].path, "/etc/c");
    assert_true(read_options("--put", "linux=/tmp/c.txt"));
    assert_string_equal(options.put[0].file, "/tmp/c.txt");
    assert_null(options.put[0].path);
}

static uint32_t number_at(const char *archive, size_t offset)
{
    char digits[9] = "";

    memcpy(digits, archive + offset, 8);
    return (uint32_t)strtoul(digits, NULL, 16);
}

static void test_an_archive_of_files_is_as_linux_reads_it(void **state)
{
    static const char *const names[] = {"etc", "etc/conf.d", "etc/conf.d/a", "TRAILER!!!"};
    static const uint32_t modes[] = {0040755, 0040755, 0100750, 0};
    char *archive;
    size_t size, at = 0;
    FILE *out = open_memstream(&archive, &size);

    (void)state;
    put_write_file(out, "/etc/conf.d/a", 0100750, "hello", 5);
    put_write_end(out);
    fclose(out);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(at % 4, 0);
        assert_memory_equal(archive + at, "070701", 6);
        uint32_t bytes = number_at(archive, at + 54);
        assert_int_equal(number_at(archive, at + 14), modes[i]);
        assert_int_equal(bytes, i == 2 ? 5 : 0);
        assert_int_equal(number_at(archive, at + 94), strlen(names[i]) + 1);
        assert_string_equal(archive + at + 110, names[i]);
        at = (at + 110 + strlen(names[i]) + 1 + 3) & ~(size_t)3;
        if (i == 2) {
            assert_memory_equal(archive + at, "hello\0\0", 8);
        }
        at = (at + bytes + 3) & ~(size_t)3;
    }
    assert_int_equal(at, size);
    free(archive);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompts_are_known_by_their_last_sign),
        cmocka_unit_test(test_a_prompt_of_the_users_own_is_waited_for),
        cmocka_unit_test(test_an_equals_sign_in_a_prompt_is_written_behind_a_backslash),
        cmocka_unit_test(test_a_colon_in_the_text_begins_no_prompt),
        cmocka_unit_test(test_what_is_no_such_line_is_refused),
        cmocka_unit_test(test_standard_input_is_typed_line_by_line_where_the_keyboard_is),
        cmocka_unit_test(test_standard_input_may_lead_to_the_prompt_that_is_waited_for),
        cmocka_unit_test(test_a_file_is_put_where_it_was_asked_to_be),
        cmocka_unit_test(test_an_archive_of_files_is_as_linux_reads_it),
    };

    return cmocka_run_group_tests_name("run: script", tests, NULL, NULL);
}
