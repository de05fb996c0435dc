/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of check with images that are changed at random (mutations.c). */
#ifndef TESTS_UNIT_CHECK_MUTATIONS_H
#define TESTS_UNIT_CHECK_MUTATIONS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MUTATION_TESTS_MAX 8

/** Writes them to @tests; returns how many. */
size_t mutation_tests(struct CMUnitTest *tests);

#endif
