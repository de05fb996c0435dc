/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pure parts of guests/control-loop and of the kit, on the host: the pendulum stays up whatever
 * the pace of the controller, the histogram counts what it is given, the device tree reader
 * survives a damaged tree.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../guests/control-loop/histogram.h"
#include "../../../guests/control-loop/pendulum.h"
#include "../../../guests/kit/include/kit/fdt.h"

#define PERIOD     0.001
#define SETTLED    0.001 /* rad */
#define STEPS      20000
#define BOARD_FILE "build/boards/qemu-virt/board.dtb"
#define BOARD_SIZE 0x200000U
#define DAMAGES    1000

static double worst_angle(double period, double jitter, double disturbance)
{
    struct balance balance;
    double worst = 0;

    balance_start(&balance);
    for (unsigned i = 0; i < STEPS; i++) {
        double late = jitter * (double)(i * 7919U % 201U) / 100.0 - jitter;

        balance_step(&balance, i > STEPS / 2 ? disturbance : 0, period + late);
        if (i > STEPS / 2) {
            worst = fmax(worst, fabs(balance.pendulum.angle));
        }
    }
    return worst;
}

static void test_the_pendulum_comes_to_rest_upright(void **state)
{
    (void)state;
    assert_true(worst_angle(PERIOD, 0, 0) < SETTLED);
}

static void test_the_pendulum_stays_up_when_activations_are_uneven(void **state)
{
    (void)state;
    assert_true(worst_angle(PERIOD, PERIOD / 10, 0) < SETTLED);
}

static void test_a_push_moves_the_pendulum_and_does_not_fell_it(void **state)
{
    (void)state;
    assert_true(worst_angle(PERIOD, PERIOD / 10, 1.0) > 0.001);
    assert_true(worst_angle(PERIOD, PERIOD / 10, 1.0) < 0.05);
}

static void test_a_pendulum_without_control_falls(void **state)
{
    struct pendulum pendulum = {.angle = 0.001, .speed = 0};

    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        pendulum_move(&pendulum, 0, PERIOD);
    }
    assert_true(fabs(pendulum.angle) > 1);
}

static void test_the_controller_recovers_from_a_pause_of_a_second(void **state)
{
    struct balance balance;

    (void)state;
    balance_start(&balance);
    balance_step(&balance, 1.0, 1.0);
    for (unsigned i = 0; i < STEPS; i++) {
        balance_step(&balance, 0, PERIOD);
    }
    assert_true(fabs(balance.pendulum.angle) < SETTLED);
}

static void test_a_pid_output_never_leaves_its_limit(void **state)
{
    struct pid pid = {.proportional = 10, .integral = 1000, .derivative = 1, .limit = 2};

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(fabs(pid_step(&pid, i % 2 == 0 ? 100 : -100, i, PERIOD)) <= 2);
    }
    assert_true(fabs(pid.sum) <= 2);
}

static void test_each_duration_is_counted_in_the_bin_that_holds_it(void **state)
{
    struct histogram histogram;

    (void)state;
    for (unsigned bin = 0; bin + 1 < HISTOGRAM_BINS; bin++) {
        histogram_start(&histogram);
        histogram_add(&histogram, histogram_limit(bin) - 1);
        histogram_add(&histogram, histogram_limit(bin));
        assert_int_equal(histogram.counts[bin], 1);
        assert_int_equal(histogram.counts[bin + 1], 1);
    }
    histogram_start(&histogram);
    histogram_add(&histogram, UINT64_MAX);
    assert_int_equal(histogram.counts[HISTOGRAM_BINS - 1], 1);
}

static void test_least_mean_and_most_are_those_of_the_durations(void **state)
{
    struct histogram histogram;

    (void)state;
    histogram_start(&histogram);
    assert_int_equal(histogram_mean(&histogram), 0);
    histogram_add(&histogram, 100);
    histogram_add(&histogram, 400);
    histogram_add(&histogram, 10);
    assert_int_equal(histogram.least, 10);
    assert_int_equal(histogram_mean(&histogram), 170);
    assert_int_equal(histogram.most, 400);
    assert_int_equal(histogram.total, 3);
}

static uint32_t read_cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/** The board's device tree without QEMU's padding, in a buffer of just its size: the sanitizer
 * sees reads behind it. */
static uint8_t *board_tree(uint32_t *size)
{
    FILE *file = fopen(BOARD_FILE, "rb");
    uint8_t *bytes = malloc(BOARD_SIZE);

    assert_non_null(file);
    assert_non_null(bytes);
    assert_true(fread(bytes, 1, BOARD_SIZE, file) > 64);
    fclose(file);
    *size = read_cell(bytes + 12) + read_cell(bytes + 32); /* the strings are its last block */
    for (unsigned i = 0; i < 4; i++) {
        bytes[4 + i] = (uint8_t)(*size >> (24 - 8 * i));
    }
    return realloc(bytes, *size);
}

static void test_the_reader_finds_the_boards_devices(void **state)
{
    uint32_t size;
    uint8_t *bytes = board_tree(&size);
    struct fdt_interrupt interrupt;
    struct fdt_range range;
    struct fdt fdt;
    int node;

    (void)state;
    assert_true(fdt_open(&fdt, bytes));
    node = fdt_compatible(&fdt, FDT_NONE, "arm,gic-v3");
    assert_true(fdt_reg(&fdt, node, 0, &range));
    assert_int_equal(range.start, 0x08000000);
    assert_true(fdt_reg(&fdt, node, 1, &range));
    assert_int_equal(range.start, 0x080a0000);
    node = fdt_path(&fdt, "serial0");
    assert_true(fdt_reg(&fdt, node, 0, &range));
    assert_int_equal(range.start, 0x09000000);
    assert_true(fdt_interrupt(&fdt, node, 0, &interrupt));
    assert_int_equal(interrupt.intid, 33);
    assert_false(interrupt.edge);
    assert_int_equal(fdt_path(&fdt, "/nothing/here"), FDT_NONE);
    free(bytes);
}

/** Looks at everything in a tree, as start-up code would. */
static void read_all(const uint8_t *bytes)
{
    struct fdt_interrupt interrupt;
    struct fdt_range range;
    struct fdt fdt;
    unsigned nodes = 0;

    if (!fdt_open(&fdt, bytes)) {
        return;
    }
    for (int node = fdt_root(&fdt); node != FDT_NONE && nodes++ < 50; node = fdt_next(&fdt, node)) {
        (void)fdt_reg(&fdt, node, 0, &range);
        (void)fdt_interrupt(&fdt, node, 0, &interrupt);
        (void)fdt_has_string(&fdt, node, "compatible", "arm,pl011");
        assert_true(strlen(fdt_name(&fdt, node)) < fdt.size);
    }
    (void)fdt_path(&fdt, "serial0");
}

static void test_the_reader_stays_within_a_damaged_tree(void **state)
{
    uint32_t size;
    uint8_t *whole = board_tree(&size);
    uint8_t *damaged = malloc(size);
    uint32_t random = 1;

    (void)state;
    assert_non_null(damaged);
    for (unsigned i = 0; i < DAMAGES; i++) {
        memcpy(damaged, whole, size);
        for (unsigned j = 0; j <= i % 4; j++) {
            random = random * 1664525U + 1013904223U;
            /* behind magic and total size */
            damaged[8 + (random >> 8) % (size - 8)] = (uint8_t)(random >> 3);
        }
        read_all(damaged);
    }
    free(damaged);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_pendulum_comes_to_rest_upright),
        cmocka_unit_test(test_the_pendulum_stays_up_when_activations_are_uneven),
        cmocka_unit_test(test_a_push_moves_the_pendulum_and_does_not_fell_it),
        cmocka_unit_test(test_a_pendulum_without_control_falls),
        cmocka_unit_test(test_the_controller_recovers_from_a_pause_of_a_second),
        cmocka_unit_test(test_a_pid_output_never_leaves_its_limit),
        cmocka_unit_test(test_each_duration_is_counted_in_the_bin_that_holds_it),
        cmocka_unit_test(test_least_mean_and_most_are_those_of_the_durations),
        cmocka_unit_test(test_the_reader_finds_the_boards_devices),
        cmocka_unit_test(test_the_reader_stays_within_a_damaged_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
