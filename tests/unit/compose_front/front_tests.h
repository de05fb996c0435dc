/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the composer's front end: what main.c starts, and where the test data lies. */
#ifndef TESTS_UNIT_COMPOSE_FRONT_FRONT_TESTS_H
#define TESTS_UNIT_COMPOSE_FRONT_FRONT_TESTS_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest_dt.h"
#include "layout.h"
#include "system.h"
#include "system_read.h"

extern const char *front_data;        /* a data folder with the boards of tests/unit/boards */
extern const char *front_bad_folder;  /* tests/unit/bad */
extern const char *front_good_folder; /* tests/unit/good */

/** Reads tests/unit/good/@name, which has no mistakes. */
const struct system *front_read(const char *name);

/** What the user is told of @folder/@name, by a process of its own; "" if it has no mistakes.
 * Fails if it crashes. */
const char *front_mistakes(const char *folder, const char *name);

/** The same with notes, which a file without mistakes may have. */
const char *front_notes(const char *folder, const char *name);

/** The tree of VM @vm of @system, whose places @layout has; it is sound. */
const void *front_tree(const struct system *system, const struct layout *layout, size_t vm);

/** The property @name of the node at @path, of *@length bytes. Fails if there is none. */
const void *front_property(const void *tree, const char *path, const char *name, int *length);

/** The property consists of these @count cells. */
void front_assert_cells(const void *tree, const char *path, const char *name, size_t count,
                        const uint32_t *expected);
#define ASSERT_CELLS(tree, path, name, ...)                                                        \
    front_assert_cells(tree, path, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4,                    \
                       (uint32_t[]){__VA_ARGS__})

/* Each returns the number of tests that failed. */
int run_bad_tests(void);
int run_good_tests(void);
int run_numbers_tests(void);
int run_tree_tests(void);
int run_guest_dt_tests(void);
int run_vendor_tests(void);
int run_gicv2_tests(void);
int run_suggest_tests(void);
int run_diagnostics_tests(void);

#endif
