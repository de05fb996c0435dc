/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "linux_test.h"
#include "table.h"

static char *text;
static size_t size;
static FILE *out;

static int setup(void **state)
{
    (void)state;
    out = open_memstream(&text, &size);
    return out == NULL;
}

static int teardown(void **state)
{
    (void)state;
    fclose(out);
    free(text);
    return 0;
}

static void test_columns_are_as_wide_as_their_widest_cell(void **state)
{
    struct table table = {.columns = 3, .right = 1 << 1};

    (void)state;
    for (const char *const *cell =
             (const char *const[]){"A", "B", "C", "longer", "12345", "x", "z", "1", "", NULL};
         *cell != NULL; cell++) {
        table_cell(&table, "%s", *cell);
    }
    table_print(&table, out, "|\n");
    fflush(out);
    assert_string_equal(text, "A           B  C|\n"
                              "longer  12345  x|\n"
                              "z           1  |\n");
    assert_int_equal(table.count, 0);
}

static void
test_a_column_of_zeros_can_be_hidden_and_a_line_that_is_too_long_is_cut_and_marked(void **state)
{
    struct table table = {.columns = 4, .right = 0xe, .width = 9};

    (void)state;
    for (const char *const *cell = (const char *const[]){"A", "B", "C", "D", "long", "0", "10", "0",
                                                         "z", "0", "1", "0", NULL};
         *cell != NULL; cell++) {
        table_cell(&table, "%s", *cell);
    }
    table_hide_empty(&table, 1, 2);
    table_print(&table, out, "|\n");
    fflush(out);
    assert_string_equal(text, "A      C>|\n"
                              "long  10>|\n"
                              "z      1>|\n");
}

static void test_a_full_table_takes_no_more(void **state)
{
    static struct table table = {.columns = 4};

    (void)state;
    for (int i = 0; i < TABLE_CELLS + 8; i++) {
        table_cell(&table, "%0100d", i); /* longer than a cell, too */
    }
    assert_int_equal(table.count, TABLE_CELLS);
    table_print(&table, out, "\n");
}

static void test_json_escapes_what_json_cannot_hold(void **state)
{
    struct json json = {.out = out};

    (void)state;
    json_open(&json, NULL, '{');
    json_bytes(&json, "a\"b", "\\ \"\n\x01\x1f z", 8);
    json_open(&json, "list", '[');
    json_close(&json, ']');
    json_open(&json, "numbers", '[');
    json_number(&json, NULL, 0);
    json_number(&json, NULL, UINT64_MAX);
    json_close(&json, ']');
    json_boolean(&json, "yes", true);
    json_close(&json, '}');
    fflush(out);
    assert_string_equal(text, "{\"a\\\"b\": \"\\\\ \\\"\\u000a\\u0001\\u001f z\", \"list\": [], "
                              "\"numbers\": [0, 18446744073709551615], \"yes\": true}\n");
}

int output_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns_are_as_wide_as_their_widest_cell, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            test_a_column_of_zeros_can_be_hidden_and_a_line_that_is_too_long_is_cut_and_marked,
            setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_full_table_takes_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_escapes_what_json_cannot_hold, setup, teardown),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
