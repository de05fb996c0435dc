/* SPDX-License-Identifier: Apache-2.0 */
/* A board with a GICv2 (tests/unit/boards/gicv2): where its parts are, what its VMs' trees say
 * of interrupts. */
#include "front_tests.h"

#include <libfdt.h>
#include <string.h>

#include "memory.h"

#define RT    0 /* the VMs of good/gicv2.yaml */
#define OTHER 1

static const void *make_tree(size_t vm)
{
    const struct system *system = front_read("gicv2.yaml");
    struct layout *layout = memory_new(1, sizeof(*layout));

    layout->vms[vm] = (struct vm_layout){
        .dtb_room = 0x10000,
        .gicd_ipa = system->board.gicd_pa,
        .gicc_ipa = system->board.gicc_pa,
    };
    return front_tree(system, layout, vm);
}

static const struct board_device *find(const char *name)
{
    const struct board *board = &front_read("gicv2.yaml")->board;

    for (size_t i = 0; i < board->device_count; i++) {
        if (strcmp(board->devices[i].name, name) == 0) {
            return &board->devices[i];
        }
    }
    fail_msg("no device %s", name);
    return NULL;
}

static void test_the_parts_of_the_controller_are_where_the_tree_says(void **state)
{
    const struct board *board = &front_read("gicv2.yaml")->board;
    (void)state;

    assert_int_equal(board->gic_version, 2);
    assert_int_equal(board->gicd_pa, 0x10001000);
    assert_int_equal(board->gicc_pa, 0x1002f000); /* where its two pages follow each other */
    assert_int_equal(board->gich_pa, 0x10004000);
    assert_int_equal(board->gicv_pa, 0x10006000);
    assert_int_equal(board->maintenance_intid, 25);
    assert_int_equal(board->gic_frame_count, 4);
    assert_int_equal(board->gic_frames[1].range.size, 0x20000);
}

static void test_cpu_interfaces_are_those_of_the_boards_file(void **state)
{
    const struct board *board = &front_read("gicv2.yaml")->board;
    (void)state;

    assert_int_equal(board->cpu_count, 3);
    assert_int_equal(board->cpus[0].interface, 2);
    assert_int_equal(board->cpus[1].interface, 0);
    assert_int_equal(board->cpus[2].interface, 1);
}

static void test_a_frame_for_messages_has_its_spis(void **state)
{
    (void)state;

    assert_false(find("frame_a")->interrupt_controller);
    assert_int_equal(find("frame_a")->intid_count, 4);
    assert_int_equal(find("frame_a")->intids[3], 67);
    assert_true(find("frame_a")->edge[3]);
    assert_int_equal(find("frame_b")->intid_count, 2); /* board.yaml says which */
    assert_int_equal(find("frame_b")->intids[0], 80);
    assert_non_null(find("frame_c")->problem); /* nobody does */
}

static void test_the_guests_controller_has_one_cpu_interface_for_all(void **state)
{
    const void *tree = make_tree(RT);
    (void)state;

    assert_int_equal(
        fdt_node_check_compatible(tree, fdt_path_offset(tree, "/intc@10001000"), "arm,gic-400"), 0);
    ASSERT_CELLS(tree, "/intc@10001000", "reg", 0, 0x10001000, 0, 0x1000, 0, 0x1002f000, 0, 0x2000);
}

static void test_private_interrupts_are_those_of_the_vms_cpus(void **state)
{
    const void *tree = make_tree(RT);
    (void)state;

    ASSERT_CELLS(tree, "/timer", "interrupts", 1, 13, 0x308, 1, 14, 0x308, 1, 11, 0x308, 1, 10,
                 0x308);
    ASSERT_CELLS(tree, "/pmu", "interrupts", 1, 7, 0x304);
    ASSERT_CELLS(make_tree(OTHER), "/pmu", "interrupts", 1, 7, 0x104);
}

static void test_of_several_controllers_only_the_gic_knows_cpus(void **state)
{
    const void *tree = make_tree(RT);
    uint32_t gpio = fdt_get_phandle(tree, fdt_path_offset(tree, "/gpio@10100000"));
    uint32_t gic = fdt_get_phandle(tree, fdt_path_offset(tree, "/intc@10001000"));
    (void)state;

    ASSERT_CELLS(tree, "/watchdog@10101000", "interrupts-extended", gpio, 1, 4, gic, 1, 8, 0x301,
                 gic, 0, 9, 4);
}

static void test_a_guests_frame_says_its_spis(void **state)
{
    (void)state;

    ASSERT_CELLS(make_tree(RT), "/v2m@10008000", "arm,msi-base-spi", 64);
    ASSERT_CELLS(make_tree(OTHER), "/v2m@10009000", "arm,msi-base-spi", 80);
    ASSERT_CELLS(make_tree(OTHER), "/v2m@10009000", "arm,msi-num-spis", 2);
}

static void test_a_device_names_the_frame_that_its_vm_has(void **state)
{
    const void *tree = make_tree(OTHER);
    (void)state;

    ASSERT_CELLS(tree, "/sender@10102000", "msi-parent",
                 fdt_get_phandle(tree, fdt_path_offset(tree, "/v2m@10009000")));
}

int run_gicv2_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parts_of_the_controller_are_where_the_tree_says),
        cmocka_unit_test(test_cpu_interfaces_are_those_of_the_boards_file),
        cmocka_unit_test(test_a_frame_for_messages_has_its_spis),
        cmocka_unit_test(test_the_guests_controller_has_one_cpu_interface_for_all),
        cmocka_unit_test(test_private_interrupts_are_those_of_the_vms_cpus),
        cmocka_unit_test(test_of_several_controllers_only_the_gic_knows_cpus),
        cmocka_unit_test(test_a_guests_frame_says_its_spis),
        cmocka_unit_test(test_a_device_names_the_frame_that_its_vm_has),
    };

    return cmocka_run_group_tests_name("a board with a GICv2", tests, NULL, NULL);
}
