/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests of the composer's back end. */
#include <stdio.h>

#include "back.h"

/* cmocka's macro wants an array whose size it can see. */
static int group_run(const char *name, const struct CMUnitTest *tests, size_t count)
{
    return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

int main(void)
{
    int failed = 0;

    failed += group_run("images", image_tests, image_test_count);
    failed += group_run("layout", layout_tests, layout_test_count);
    failed += group_run("tables", table_tests, table_test_count);
    failed += group_run("plan", plan_tests, plan_test_count);
    failed += group_run("file", file_tests, file_test_count);
    return failed != 0;
}
