/* SPDX-License-Identifier: Apache-2.0 */
/* Lets check look at what was composed. In a file of its own, since the two have names in common
 * and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "check_context.h"

void assert_check_holds(const char *path);

/* The trees are none that a VM could use (back_fakes.c), so what check says of them is left out. */
static bool is_about_trees(unsigned property)
{
    return property == PROPERTY_INTERRUPTS_PRIVATE || property == PROPERTY_INTERRUPTS_TRIGGER ||
           (property >= PROPERTY_TREES_FORM && property <= PROPERTY_TREES_DEVICES);
}

void assert_check_holds(const char *path)
{
    struct image_file image;
    struct check check;
    struct report report = {0};
    char why[IMAGE_FILE_WHY_SIZE];

    assert_true(image_file_read(path, &image, why));
    assert_true(image_file_parse(&image, why));
    assert_true(check_run(&check, &image, NULL, &report));
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        if (!is_about_trees(i)) {
            assert_string_equal(report.first[i], "");
        }
    }
    check_free(&check);
    image_file_close(&image);
}
