/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a CPU's exits begin with, by what the firmware and the feature registers say of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "speculation.h"
#include "workaround.h"

#define NOT_SUPPORTED (-1)

#define CORTEX_A53  0x410fd034U
#define CORTEX_A72  0x410fd083U
#define CORTEX_A76  0x414fd0b1U
#define NEOVERSE_V2 0x410fd4f0U
#define OTHER_A76   0x51afd0b1U /* of another implementer */

static struct speculation_entry choose(uint64_t midr, int32_t workaround_1, int32_t workaround_3)
{
    return speculation_choose(&(struct speculation_facts){
        .midr = midr, .workaround_1 = workaround_1, .workaround_3 = workaround_3});
}

static void assert_calls(struct speculation_entry entry, uint32_t function)
{
    assert_true(entry.hardened);
    assert_int_equal(entry.call, function);
    assert_int_equal(entry.rounds, 0);
}

static void assert_branches(struct speculation_entry entry, uint32_t rounds)
{
    assert_true(entry.hardened);
    assert_int_equal(entry.call, 0);
    assert_int_equal(entry.rounds, rounds);
}

static void test_the_firmware_is_called_where_it_says_that_the_cpu_needs_it(void **state)
{
    (void)state;
    assert_calls(choose(CORTEX_A72, WORKAROUND_NEEDED, NOT_SUPPORTED), SMCCC_ARCH_WORKAROUND_1);
    assert_calls(choose(CORTEX_A72, WORKAROUND_NEEDED, WORKAROUND_NEEDED), SMCCC_ARCH_WORKAROUND_3);
    assert_calls(choose(CORTEX_A72, WORKAROUND_NOT_NEEDED, WORKAROUND_NEEDED),
                 SMCCC_ARCH_WORKAROUND_3);
    assert_calls(choose(CORTEX_A53, NOT_SUPPORTED, WORKAROUND_NEEDED), SMCCC_ARCH_WORKAROUND_3);
}

static void test_the_history_is_filled_where_the_firmware_has_no_workaround_for_it(void **state)
{
    (void)state;
    assert_branches(choose(CORTEX_A72, NOT_SUPPORTED, NOT_SUPPORTED), 8);
    assert_branches(choose(CORTEX_A76, NOT_SUPPORTED, NOT_SUPPORTED), 24);
    assert_branches(choose(CORTEX_A76, WORKAROUND_NOT_NEEDED, NOT_SUPPORTED), 24);
    assert_branches(choose(NEOVERSE_V2, WORKAROUND_NOT_NEEDED, NOT_SUPPORTED),
                    SPECULATION_MAX_ROUNDS);
}

static void test_a_cpu_that_needs_nothing_has_the_common_vectors(void **state)
{
    (void)state;
    assert_false(choose(CORTEX_A53, NOT_SUPPORTED, NOT_SUPPORTED).hardened);
    assert_false(choose(OTHER_A76, NOT_SUPPORTED, NOT_SUPPORTED).hardened);
    assert_false(choose(CORTEX_A76, WORKAROUND_NOT_NEEDED, WORKAROUND_NOT_NEEDED).hardened);
    assert_false(choose(CORTEX_A76, NOT_SUPPORTED, WORKAROUND_NOT_NEEDED).hardened);
}

static void test_what_the_architecture_offers_comes_before_the_table(void **state)
{
    struct speculation_facts facts = {
        .midr = NEOVERSE_V2, .workaround_1 = NOT_SUPPORTED, .workaround_3 = NOT_SUPPORTED};
    (void)state;

    facts.clears_history = true;
    assert_branches(speculation_choose(&facts), 0); /* CLRBHB, in each hardened vector */
    facts.keeps_history = true;
    assert_false(speculation_choose(&facts).hardened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_firmware_is_called_where_it_says_that_the_cpu_needs_it),
        cmocka_unit_test(test_the_history_is_filled_where_the_firmware_has_no_workaround_for_it),
        cmocka_unit_test(test_a_cpu_that_needs_nothing_has_the_common_vectors),
        cmocka_unit_test(test_what_the_architecture_offers_comes_before_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
