/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of this program, and cmocka with what it needs before it. */
#ifndef TESTS_UNIT_SCHED_SCHED_TEST_H
#define TESTS_UNIT_SCHED_SCHED_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int test_policies(void);
int test_guarantees(void);
int test_analysis(void);

#endif
