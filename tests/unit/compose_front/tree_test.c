/* SPDX-License-Identifier: Apache-2.0 */
/* What the composer takes from the board's device tree about its devices. */
#include "front_tests.h"

#include <string.h>

static const struct board_device *find(const char *path)
{
    const struct system *system = front_read("two-uarts.yaml");

    for (size_t i = 0; i < system->board.device_count; i++) {
        if (strcmp(system->board.devices[i].path, path) == 0) {
            return &system->board.devices[i];
        }
    }
    return NULL;
}

static void test_registers_are_translated_through_the_bus(void **state)
{
    const struct board_device *uart = find("/soc/serial@1000");
    (void)state;

    assert_int_equal(uart->reg_count, 1);
    assert_int_equal(uart->regs[0].start, 0x10001000);
    assert_int_equal(uart->regs[0].size, 0x1000);
}

static void test_interrupts_are_counted_as_the_gic_does(void **state)
{
    (void)state;

    assert_int_equal(find("/soc/serial@1000")->intid_count, 1);
    assert_int_equal(find("/soc/serial@1000")->intids[0], 34);
    assert_false(find("/soc/serial@1000")->edge[0]);
    assert_true(find("/soc/serial@2000")->edge[0]);
    assert_int_equal(find("/soc/private@c000")->intids[0], 25);
}

static void test_interrupts_of_parts_belong_to_the_device(void **state)
{
    const struct board_device *i2c = find("/soc/i2c@a000");
    (void)state;

    assert_int_equal(i2c->intid_count, 2);
    assert_int_equal(i2c->intids[0], 42);
    assert_int_equal(i2c->intids[1], 43);
    assert_true(i2c->edge[1]);
}

static void test_an_interrupt_of_another_controller_is_none_of_the_gics(void **state)
{
    (void)state;

    assert_int_equal(find("/soc/keys@f000")->intid_count, 0);
}

static void test_devices_are_called_by_alias_then_label_then_node_name(void **state)
{
    (void)state;

    assert_string_equal(find("/soc/serial@0")->name, "serial0");
    assert_string_equal(find("/soc/clock@11000")->name, "rtc");
    assert_string_equal(find("/soc/serial@2000")->name, "uart_c");
}

static void test_what_has_no_registers_or_is_memory_or_disabled_is_no_device(void **state)
{
    (void)state;

    assert_null(find("/crystal"));
    assert_null(find("/memory@80000000"));
    assert_null(find("/reserved-memory/pool@b0000000"));
    assert_null(find("/soc/serial@9000"));
    assert_null(find("/soc/i2c@a000/sensor@48"));
}

static void test_devices_that_can_do_dma_are_known(void **state)
{
    (void)state;

    assert_true(find("/soc/camera@16000")->dma); /* by its iommus */
    assert_true(find("/soc/usb@17000")->dma);    /* by its name */
    assert_true(find("/soc/copier@8100")->dma);  /* board.yaml says so */
    assert_true(find("/soc/iommu@13000")->dma);  /* it reads its tables */
    assert_false(find("/soc/serial@0")->dma);
}

static void test_parts_of_the_gic_are_known(void **state)
{
    (void)state;

    assert_true(find("/interrupt-controller@8000000")->interrupt_controller);
    assert_true(find("/interrupt-controller@8000000/msi-controller@8080000")->interrupt_controller);
    assert_false(find("/soc/gpio@6000")->interrupt_controller);
}

int run_tree_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_are_translated_through_the_bus),
        cmocka_unit_test(test_interrupts_are_counted_as_the_gic_does),
        cmocka_unit_test(test_interrupts_of_parts_belong_to_the_device),
        cmocka_unit_test(test_an_interrupt_of_another_controller_is_none_of_the_gics),
        cmocka_unit_test(test_devices_are_called_by_alias_then_label_then_node_name),
        cmocka_unit_test(test_what_has_no_registers_or_is_memory_or_disabled_is_no_device),
        cmocka_unit_test(test_devices_that_can_do_dma_are_known),
        cmocka_unit_test(test_parts_of_the_gic_are_known),
    };

    return cmocka_run_group_tests_name("devices of a board", tests, NULL, NULL);
}
