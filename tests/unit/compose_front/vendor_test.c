/* SPDX-License-Identifier: Apache-2.0 */
/* What vendors' device trees hold: tests/unit/boards/vendor has one of each kind. */
#include "front_tests.h"

#include <libfdt.h>
#include <string.h>

#include "diagnostics.h"
#include "memory.h"

#define SERIALS 0 /* the VMs of good/vendor.yaml */
#define OTHERS  1

static const struct board *vendor(void)
{
    return &front_read("vendor.yaml")->board;
}

static const void *make_tree(size_t vm)
{
    const struct system *system = front_read("vendor.yaml");
    struct layout *layout = memory_new(1, sizeof(*layout));

    layout->vms[vm] = (struct vm_layout){
        .ram = memory_new(1, sizeof(*layout->vms[vm].ram)),
        .ram_count = 1,
        .dtb_room = 0x10000,
        .gicd_ipa = system->board.gicd_pa,
        .gicr_ipa = system->board.gicr.start,
    };
    return front_tree(system, layout, vm);
}

static bool has_device(size_t vm, const char *name)
{
    const struct system *system = front_read("vendor.yaml");

    for (size_t i = 0; i < system->vms[vm].device_count; i++) {
        if (strcmp(system->board.devices[system->vms[vm].devices[i]].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void test_memory_may_start_at_0_and_be_told_in_pieces(void **state)
{
    (void)state;

    assert_int_equal(vendor()->ram_count, 1);
    assert_int_equal(vendor()->ram[0].start, 0);
    assert_int_equal(vendor()->ram[0].size, 0xa000000);
}

static void test_a_cpu_that_failed_is_none_but_has_a_redistributor(void **state)
{
    (void)state;

    assert_int_equal(vendor()->cpu_count, 2);
    assert_int_equal(vendor()->cpus[1].mpidr, 2);
    assert_int_equal(vendor()->cpus[1].redistributor, 2);
    assert_int_equal(vendor()->gicr_stride, 0x40000);
}

static void test_psci_is_found_wherever_it_stands(void **state)
{
    (void)state;

    assert_int_equal(vendor()->conduit, PLAN_CONDUIT_SMC);
}

static void test_interrupts_up_to_1019_can_be_given(void **state)
{
    const struct system *system = front_read("vendor.yaml");
    bool found = false;
    (void)state;

    assert_int_equal(system->board.intid_count, 1024); /* words of the distributor */
    for (size_t i = 0; i < system->board.device_count; i++) {
        for (size_t j = 0; j < system->board.devices[i].intid_count; j++) {
            found |= system->board.devices[i].intids[j] == 1019;
            assert_in_range(system->board.devices[i].intids[j], 0, 1019);
        }
    }
    assert_true(found);
}

static void test_a_board_may_have_a_name_of_63_bytes(void **state)
{
    (void)state;

    assert_int_equal(strlen(front_read("vendor-by-a-long-name.yaml")->board.name), 63);
}

static void test_interrupts_that_are_mapped_go_straight_to_the_gic(void **state)
{
    const void *tree = make_tree(SERIALS);
    uint32_t gic = fdt_get_phandle(tree, fdt_path_offset(tree, "/intc@10200000"));
    (void)state;

    /* One by way of two maps, with the trigger that the second one gives it. */
    ASSERT_CELLS(tree, "/serial@30001000", "interrupts-extended", gic, 0, 40, 1);
    ASSERT_CELLS(tree, "/serial@30002000", "interrupts-extended", gic, 0, 41, 4);
    assert_int_equal(fdt_path_offset(tree, "/nexus"), -FDT_ERR_NOTFOUND);
}

static void test_a_bus_with_registers_is_no_device(void **state)
{
    const struct board *board = vendor();
    (void)state;

    for (size_t i = 0; i < board->device_count; i++) {
        assert_string_not_equal(board->devices[i].path, "/bus@30000000");
    }
}

static void test_what_has_no_registers_comes_with_all_that_it_is_a_part_of(void **state)
{
    const void *tree = make_tree(SERIALS);
    int clocks = fdt_path_offset(tree, "/mailman/protocol@14");
    int pins = fdt_path_offset(tree, "/pinctrl/uart/uart-pins");
    (void)state;

    ASSERT_CELLS(tree, "/serial@30001000", "clocks", fdt_get_phandle(tree, clocks), 1);
    ASSERT_CELLS(tree, "/serial@40000000", "pinctrl-0", fdt_get_phandle(tree, pins));
    ASSERT_CELLS(tree, "/mailman/protocol@14", "reg", 0x14);
    ASSERT_CELLS(tree, "/mailman", "#size-cells", 0);
}

static void test_a_device_stands_in_the_node_that_it_is_a_part_of(void **state)
{
    const void *tree = make_tree(SERIALS);
    (void)state;

    ASSERT_CELLS(tree, "/pinctrl/gpio@20000000", "reg", 0, 0x20000000, 0, 0x1000);
    ASSERT_CELLS(tree, "/pinctrl", "#address-cells", 2);
    /* not the VM's */
    assert_int_equal(fdt_path_offset(tree, "/pinctrl/gpio@20001000"), -FDT_ERR_NOTFOUND);
}

static void test_no_phandle_is_there_twice(void **state)
{
    (void)state;

    for (size_t vm = SERIALS; vm <= OTHERS; vm++) {
        const void *tree = make_tree(vm);

        for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
            if (fdt_get_phandle(tree, node) != 0) {
                assert_int_equal(fdt_node_offset_by_phandle(tree, fdt_get_phandle(tree, node)),
                                 node);
            }
        }
    }
}

static void test_the_rest_is_what_nobody_has_and_this_vm_can_have(void **state)
{
    (void)state;

    assert_true(has_device(OTHERS, "mmc"));
    assert_true(has_device(OTHERS, "divider"));
    assert_false(has_device(OTHERS, "uart")); /* another VM's */
    assert_false(has_device(OTHERS, "bank_b"));
    assert_false(has_device(OTHERS, "short"));
    assert_false(has_device(OTHERS, "usb"));
    assert_false(has_device(OTHERS, "guarded"));
}

static void test_what_the_rest_leaves_out_is_said_and_why(void **state)
{
    static const char *const expected[] = {
        "note: devices: rest leaves out bank_b: device bank_b of vm others drags in grf (syscon), "
        "and so does uart",
        "note: devices: rest leaves out guarded: device guarded needs /firmware/scmi (clocks), "
        "which is a service of",
        "note: devices: rest leaves out usb: device usb sees memory at other addresses",
        /* Needed only by what came along, so it isn't refused. */
        "note: device divider (dragged in by mmc: clocks) comes without /firmware/scmi (clocks)",
        "note: device divider (dragged in by mmc: clocks) comes without "
        "/soc/clock-controller@40007000 (clocks), which",
    };
    const char *said = front_notes(front_good_folder, "vendor.yaml");
    (void)state;

    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        if (strstr(said, expected[i]) == NULL) {
            fail_msg("not said: %s\nbut:\n%s", expected[i], said);
        }
    }
}

static void test_what_a_device_reaches_by_dma_is_known(void **state)
{
    const struct board *board = vendor();
    (void)state;

    for (size_t i = 0; i < board->device_count; i++) {
        if (strcmp(board->devices[i].name, "mmc") == 0) {
            assert_int_equal(board->devices[i].window_count, 1);
            assert_int_equal(board->devices[i].windows[0].start, 0);
            assert_int_equal(board->devices[i].windows[0].size, 0x6000000);
        }
    }
}

int run_vendor_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_may_start_at_0_and_be_told_in_pieces),
        cmocka_unit_test(test_a_cpu_that_failed_is_none_but_has_a_redistributor),
        cmocka_unit_test(test_psci_is_found_wherever_it_stands),
        cmocka_unit_test(test_interrupts_up_to_1019_can_be_given),
        cmocka_unit_test(test_a_board_may_have_a_name_of_63_bytes),
        cmocka_unit_test(test_interrupts_that_are_mapped_go_straight_to_the_gic),
        cmocka_unit_test(test_a_bus_with_registers_is_no_device),
        cmocka_unit_test(test_what_has_no_registers_comes_with_all_that_it_is_a_part_of),
        cmocka_unit_test(test_a_device_stands_in_the_node_that_it_is_a_part_of),
        cmocka_unit_test(test_no_phandle_is_there_twice),
        cmocka_unit_test(test_the_rest_is_what_nobody_has_and_this_vm_can_have),
        cmocka_unit_test(test_what_the_rest_leaves_out_is_said_and_why),
        cmocka_unit_test(test_what_a_device_reaches_by_dma_is_known),
    };

    return cmocka_run_group_tests_name("vendors' boards", tests, NULL, NULL);
}
