/* SPDX-License-Identifier: Apache-2.0 */
/* Guests' device trees, as the tests make and read them. */
#include "front_tests.h"

#include <libfdt.h>

const void *front_tree(const struct system *system, const struct layout *layout, size_t vm)
{
    const void *tree;
    size_t size;

    assert_true(guest_dt_make(system, layout, vm, &tree, &size));
    assert_int_equal(fdt_check_full(tree, size), 0);
    assert_int_equal(fdt_totalsize(tree), size);
    return tree;
}

const void *front_property(const void *tree, const char *path, const char *name, int *length)
{
    int node = fdt_path_offset(tree, path);
    const void *value;

    if (node < 0) {
        fail_msg("no node %s", path);
    }
    value = fdt_getprop(tree, node, name, length);
    if (value == NULL) {
        fail_msg("%s has no %s", path, name);
    }
    return value;
}

void front_assert_cells(const void *tree, const char *path, const char *name, size_t count,
                        const uint32_t *expected)
{
    int length;
    const fdt32_t *value = front_property(tree, path, name, &length);

    assert_int_equal(length, count * 4);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fdt32_to_cpu(value[i]), expected[i]);
    }
}
