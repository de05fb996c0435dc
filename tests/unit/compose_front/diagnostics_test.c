/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes come out in the order of their places, each once. */
#include "front_tests.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diagnostics.h"

#define OUTPUT_LIMIT 1024

/* What mistakes_print writes to standard error. */
static void print_into(char output[OUTPUT_LIMIT])
{
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);

    assert_non_null(file);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    errors_print();
    fflush(stderr);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    rewind(file);
    output[fread(output, 1, OUTPUT_LIMIT - 1, file)] = '\0';
    fclose(file);
}

static void test_mistakes_come_out_by_file_and_line_each_once(void **state)
{
    char output[OUTPUT_LIMIT];
    unsigned before = error_count();
    (void)state;

    error((struct source_location){"b.yaml", 2}, "second %d", 2);
    error((struct source_location){"b.yaml", 10}, "last");
    error((struct source_location){"a.yaml", 7}, "first");
    error((struct source_location){"b.yaml", 0}, "of the whole file");
    error((struct source_location){"b.yaml", 2}, "second %d", 2);
    print_into(output);
    assert_string_equal(
        output,
        "a.yaml:7: first\nb.yaml: of the whole file\nb.yaml:2: second 2\nb.yaml:10: last\n");
    assert_int_equal(error_count() - before, 5);
}

static void test_mistakes_are_printed_only_once(void **state)
{
    char output[OUTPUT_LIMIT];
    (void)state;

    error((struct source_location){"a.yaml", 1}, "one");
    print_into(output);
    print_into(output);
    assert_string_equal(output, "");
}

static void test_notes_come_only_where_there_is_no_mistake(void **state)
{
    char output[OUTPUT_LIMIT];
    (void)state;

    assert_true(error_count() > 0); /* of the tests before */
    remark((struct source_location){"a.yaml", 1}, "think of it");
    print_into(output);
    assert_string_equal(output, "");
}

int run_diagnostics_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes_come_out_by_file_and_line_each_once),
        cmocka_unit_test(test_mistakes_are_printed_only_once),
        cmocka_unit_test(test_notes_come_only_where_there_is_no_mistake),
    };

    return cmocka_run_group_tests_name("diagnostics", tests, NULL, NULL);
}
