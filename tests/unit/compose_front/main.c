/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the composer's front end: from system.yaml and board to struct system, and to guests'
 * device trees. */
#include "front_tests.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "diagnostics.h"
#include "memory.h"

const char *front_data;
const char *front_bad_folder;
const char *front_good_folder;

const struct system *front_read(const char *name)
{
    struct system *system = memory_new(1, sizeof(*system));
    size_t moment = errors_now();

    if (!system_read(text_format("%s/%s", front_good_folder, name), front_data, system)) {
        errors_print();
        fail_msg("%s should have no mistakes", name);
    }
    errors_undo(moment); /* notes: other tests look at what they report */
    return system;
}

static const char *absolute(const char *path)
{
    char *result = realpath(path, NULL);

    if (result == NULL) {
        fatal("%s is missing; run this from the repository's root", path);
    }
    return result;
}

int main(void)
{
    front_data = absolute(UNIT_DATA);
    front_bad_folder = absolute(UNIT_SOURCES "/bad");
    front_good_folder = absolute(UNIT_SOURCES "/good");

    /* The first ones: notes are said only where no mistake has been reported before. */
    int failed = run_vendor_tests() + run_bad_tests() + run_good_tests() + run_numbers_tests() +
                 run_tree_tests() + run_guest_dt_tests() + run_gicv2_tests() + run_suggest_tests() +
                 run_diagnostics_tests();
    return failed == 0 ? 0 : 1;
}
