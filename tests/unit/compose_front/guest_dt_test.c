/* SPDX-License-Identifier: Apache-2.0 */
/* A guest's device tree shows the VM what it has, where it has it, and nothing else. */
#include "front_tests.h"

#include <libfdt.h>
#include <string.h>

#include "info.h"
#include "memory.h"

#define INFO_IPA 0x4ffff000

/* A layout as the back end would make it. */
static struct layout *make_layout(const struct system *system)
{
    struct layout *layout = memory_new(1, sizeof(*layout));

    for (size_t i = 0; i < system->vm_count; i++) {
        struct vm_layout *vm = &layout->vms[i];

        vm->ram_count = system->vms[i].memory_count;
        vm->ram = memory_new(vm->ram_count, sizeof(*vm->ram));
        for (size_t k = 0; k < vm->ram_count; k++) {
            const struct vm_memory *memory = &system->vms[i].memory[k];

            vm->ram[k].ipa = memory->at != ADDRESS_UNSET ? memory->at : 0x40000000 + k * 0x10000000;
            vm->ram[k].size = memory->size;
            vm->ram[k].flags = memory->rom ? PLAN_MEMORY_ROM : 0;
        }
        vm->dtb_room = 0x10000;
        vm->info_ipa = INFO_IPA;
        vm->gicd_ipa = system->board.gicd_pa;
        vm->gicr_ipa = system->board.gicr.start;
        vm->initrd_start = system->vms[i].initrd != NULL ? 0x41000000 : 0;
        vm->initrd_end = system->vms[i].initrd != NULL ? 0x41001234 : 0;
    }
    return layout;
}

static const void *make_tree(size_t vm)
{
    const struct system *system = front_read("two-uarts.yaml");

    return front_tree(system, make_layout(system), vm);
}

static void assert_text(const void *tree, const char *path, const char *name, const char *expected)
{
    int length;
    const char *value = front_property(tree, path, name, &length);

    assert_int_equal(length, strlen(expected) + 1);
    assert_string_equal(value, expected);
}

static bool has_node(const void *tree, const char *path)
{
    return fdt_path_offset(tree, path) >= 0;
}

static void test_cpus_are_those_of_the_vm_with_their_mpidr(void **state)
{
    const void *one = make_tree(0);
    const void *two = make_tree(1);
    (void)state;

    /* Interrupts are virtual: it has numbers of its own. */
    ASSERT_CELLS(one, "/cpus", "#address-cells", 1);
    ASSERT_CELLS(one, "/cpus/cpu@0", "reg", 0);
    assert_text(one, "/cpus/cpu@0", "enable-method", "psci");
    assert_text(one, "/cpus/cpu@0", "compatible", "arm,cortex-a53");
    assert_false(has_node(one, "/cpus/cpu@1"));
    assert_null(fdt_getprop(one, fdt_path_offset(one, "/cpus/cpu@0"), "clocks", NULL));

    /* They are direct: it sends them by the CPUs' numbers. */
    ASSERT_CELLS(two, "/cpus", "#address-cells", 2);
    ASSERT_CELLS(two, "/cpus/cpu@100000000", "reg", 1, 0);
    ASSERT_CELLS(two, "/cpus/cpu@100", "reg", 0, 0x100);
    ASSERT_CELLS(two, "/cpus/cpu@100", "d-cache-size", 0x8000);
}

static void test_memory_is_where_the_vm_sees_it(void **state)
{
    const void *tree = make_tree(1);
    (void)state;

    ASSERT_CELLS(tree, "/memory@40000000", "reg", 0, 0x40000000, 0, 2 << 20);
    ASSERT_CELLS(tree, "/memory@50000000", "reg", 0, 0x50000000, 0, 64 << 10);
    assert_text(tree, "/memory@40000000", "device_type", "memory");
}

static void test_memory_nodes_are_in_the_users_order_and_none_is_of_a_rom(void **state)
{
    static const char *const expected[] = {"memory@90000000", "memory@80000000"};
    const struct system *system = front_read("roms.yaml");
    const void *tree;
    size_t size, found = 0;
    int node;
    (void)state;

    assert_true(guest_dt_make(system, make_layout(system), 0, &tree, &size));
    fdt_for_each_subnode(node, tree, 0)
    {
        const char *name = fdt_get_name(tree, node, NULL);

        if (strncmp(name, "memory@", 7) == 0) {
            assert_true(found < 2 && strcmp(name, expected[found++]) == 0);
        }
    }
    assert_int_equal(found, 2);
}

static void test_the_interrupt_controller_has_one_redistributor_for_each_cpu(void **state)
{
    (void)state;

    ASSERT_CELLS(make_tree(0), "/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0,
                 0x20000);
    ASSERT_CELLS(make_tree(1), "/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0,
                 0x40000);
    assert_int_equal(fdt_node_offset_by_compatible(make_tree(0), -1, "arm,gic-v3-its"),
                     -FDT_ERR_NOTFOUND);
}

static void test_firmware_timer_and_info_page_are_there(void **state)
{
    const void *tree = make_tree(0);
    (void)state;

    assert_text(tree, "/psci", "method", "hvc");
    assert_int_equal(
        fdt_node_check_compatible(tree, fdt_path_offset(tree, "/psci"), "arm,psci-0.2"), 0);
    ASSERT_CELLS(tree, "/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
    ASSERT_CELLS(tree, "/pmu", "interrupts", 1, 7, 4);

    int info = fdt_node_offset_by_compatible(tree, -1, INFO_COMPATIBLE);
    assert_string_equal(fdt_get_name(tree, info, NULL), "hypervisor@4ffff000");
    ASSERT_CELLS(tree, "/hypervisor@4ffff000", "reg", 0, INFO_IPA, 0, 0x1000);
}

static void test_devices_are_at_their_translated_addresses_with_their_interrupts(void **state)
{
    const void *tree = make_tree(0);
    (void)state;

    ASSERT_CELLS(tree, "/serial@10001000", "reg", 0, 0x10001000, 0, 0x1000);
    ASSERT_CELLS(tree, "/serial@10001000", "interrupts", 0, 2, 4);
    assert_text(tree, "/serial@10001000", "compatible", "arm,pl011");
    /* What the board says for the whole bus: */
    front_property(tree, "/serial@10001000", "dma-coherent", NULL);
}

static void test_devices_of_nobody_and_of_others_are_not_there(void **state)
{
    const void *tree = make_tree(1);
    int node;
    (void)state;

    fdt_for_each_subnode(node, tree, 0)
        assert_null(strstr(fdt_get_name(tree, node, NULL), "serial"));
    assert_false(has_node(make_tree(0), "/gpio@10006800")); /* in reach, but not given */
}

static void test_what_devices_need_is_there_once_and_referred_to(void **state)
{
    const void *tree = make_tree(0);
    uint32_t crystal = fdt_get_phandle(tree, fdt_path_offset(tree, "/crystal"));
    uint32_t unit = fdt_get_phandle(tree, fdt_path_offset(tree, "/clock-controller@10003000"));
    uint32_t gpio = fdt_get_phandle(tree, fdt_path_offset(tree, "/gpio@10006000"));
    (void)state;

    ASSERT_CELLS(tree, "/crystal", "clock-frequency", 24000000);
    ASSERT_CELLS(tree, "/serial@10000000", "clocks", crystal, crystal);
    ASSERT_CELLS(tree, "/serial@10001000", "clocks", unit, 3);
    ASSERT_CELLS(tree, "/keys@1000f000", "interrupt-parent", gpio);
    ASSERT_CELLS(tree, "/supply", "clocks", crystal);
    assert_false(has_node(tree, "/crystal-2"));
    assert_false(has_node(make_tree(1), "/crystal"));
}

static void test_interrupts_go_to_the_guests_interrupt_controller(void **state)
{
    const void *tree = make_tree(0);
    (void)state;

    ASSERT_CELLS(tree, "/", "interrupt-parent",
                 fdt_get_phandle(tree, fdt_path_offset(tree, "/intc@8000000")));
    assert_null(
        fdt_getprop(tree, fdt_path_offset(tree, "/serial@10001000"), "interrupt-parent", NULL));
}

static void test_parts_of_a_device_come_with_it(void **state)
{
    const void *tree = make_tree(0);
    (void)state;

    ASSERT_CELLS(tree, "/i2c@1000a000/sensor@48", "reg", 0x48);
    ASSERT_CELLS(tree, "/i2c@1000a000", "#address-cells", 1);
}

static void test_uarts_count_from_serial0_in_the_order_of_the_vms_list(void **state)
{
    const void *tree = make_tree(0);
    (void)state;

    assert_text(tree, "/aliases", "serial0", "/serial@10001000");
    assert_text(tree, "/aliases", "serial1", "/serial@10000000");
    assert_text(tree, "/chosen", "stdout-path", "/serial@10001000");
}

static void test_chosen_has_command_line_and_initrd(void **state)
{
    const void *tree = make_tree(0);
    int other = fdt_path_offset(make_tree(1), "/chosen");
    (void)state;

    assert_text(tree, "/chosen", "bootargs", "quiet");
    ASSERT_CELLS(tree, "/chosen", "linux,initrd-start", 0, 0x41000000);
    ASSERT_CELLS(tree, "/chosen", "linux,initrd-end", 0, 0x41001234);
    assert_null(fdt_getprop(make_tree(1), other, "bootargs", NULL));
    assert_null(fdt_getprop(make_tree(1), other, "stdout-path", NULL));
}

static void test_the_same_system_gives_the_same_bytes(void **state)
{
    const void *first = make_tree(0);
    const void *second = make_tree(0);
    (void)state;

    assert_int_equal(fdt_totalsize(first), fdt_totalsize(second));
    assert_memory_equal(first, second, fdt_totalsize(first));
}

/* control, plc and linux of living-together.yaml, with places that tell themselves apart. */
static const void *make_tree_of_neighbour(size_t vm)
{
    const struct system *system = front_read("living-together.yaml");
    struct layout *layout = make_layout(system);
    const void *tree;
    size_t size;

    layout->channels = memory_new(2, sizeof(*layout->channels));
    for (size_t i = 0; i < 2; i++) {
        for (size_t member = 0; member < 3; member++) {
            layout->channels[i].ipa[member] = 0xa0000000 + i * 0x100000 + member * 0x20000;
            layout->channels[i].status_ipa[member] = 0xb0000000 + i * 0x100000 + member * 0x20000;
        }
    }
    layout->vms[vm].doorbell_ipa = 0xc0000000;
    layout->vms[vm].watchdog_ipa = 0xd0000000;
    layout->manager =
        (struct manager_layout){0xe0000000, 0xe1000000, 0xe2000000, 0x3000, 0xe3000000};
    layout->stores = (struct range){0x50000000, 1 << 20};
    layout->vms[0].store = layout->stores;
    assert_true(guest_dt_make(system, layout, vm, &tree, &size));
    return tree;
}

static void test_a_channel_is_described_to_its_members(void **state)
{
    const void *control = make_tree_of_neighbour(0);
    const void *linux = make_tree_of_neighbour(2);
    (void)state;

    assert_text(control, "/channel@a0000000", "compatible", "nagaya,channel");
    assert_text(control, "/channel@a0000000", "label", "telemetry");
    ASSERT_CELLS(control, "/channel@a0000000", "reg", 0, 0xa0000000, 0, 0x10000, 0, 0xc0000000, 0,
                 0x1000, 0, 0xb0000000, 0, 0x1000);
    ASSERT_CELLS(control, "/channel@a0000000", "interrupts", 0, 123 - 32, 1);
    ASSERT_CELLS(control, "/channel@a0000000", "nagaya,member", 0);
    ASSERT_CELLS(control, "/channel@a0000000", "nagaya,peers", 1);
    assert_text(control, "/channel@a0000000", "nagaya,peer-names", "linux");
    assert_null(fdt_getprop(control, fdt_path_offset(control, "/channel@a0000000"),
                            "nagaya,read-only", NULL));

    /* The second channel's doorbells follow those of the first. */
    ASSERT_CELLS(linux, "/channel@a0120000", "reg", 0, 0xa0120000, 0, 0x4000, 0, 0xc0001000, 0,
                 0x2000, 0, 0xb0120000, 0, 0x2000);
    ASSERT_CELLS(linux, "/channel@a0120000", "nagaya,peers", 0, 2);
    front_property(linux, "/channel@a0120000", "nagaya,read-only", &(int){0});
    int length;
    assert_memory_equal(front_property(linux, "/channel@a0120000", "nagaya,peer-names", &length),
                        "plc\0control", 12);
    assert_int_equal(length, 12);
    assert_false(has_node(make_tree_of_neighbour(1), "/channel@a0000000"));
}

static void test_a_watchdog_and_a_manager_are_described(void **state)
{
    const void *plc = make_tree_of_neighbour(1);
    const void *linux = make_tree_of_neighbour(2);
    (void)state;

    assert_text(plc, "/watchdog@d0000000", "compatible", "nagaya,watchdog");
    ASSERT_CELLS(plc, "/watchdog@d0000000", "reg", 0, 0xd0000000, 0, 0x1000);
    ASSERT_CELLS(plc, "/watchdog@d0000000", "nagaya,period-ns", 0, 1000000000);
    assert_false(has_node(plc, "/manager@e0000000"));
    assert_text(linux, "/manager@e0000000", "compatible", "nagaya,manager");
    ASSERT_CELLS(linux, "/manager@e0000000", "reg", 0, 0xe0000000, 0, 0x1000, 0, 0xe1000000, 0,
                 0x22000, 0, 0xe2000000, 0, 0x3000, 0, 0xe3000000, 0, 0x100000);
    /* behind those of the channels */
    ASSERT_CELLS(linux, "/manager@e0000000", "interrupts", 0, 118 - 32, 1);
    ASSERT_CELLS(linux, "/manager@e0000000", "nagaya,stats-offset", 0x10000);
    ASSERT_CELLS(linux, "/manager@e0000000", "nagaya,log-offset", 0x15000);
    ASSERT_CELLS(linux, "/manager@e0000000", "nagaya,stores", 0, 0, 0x100000);
}

int run_guest_dt_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpus_are_those_of_the_vm_with_their_mpidr),
        cmocka_unit_test(test_memory_is_where_the_vm_sees_it),
        cmocka_unit_test(test_memory_nodes_are_in_the_users_order_and_none_is_of_a_rom),
        cmocka_unit_test(test_the_interrupt_controller_has_one_redistributor_for_each_cpu),
        cmocka_unit_test(test_firmware_timer_and_info_page_are_there),
        cmocka_unit_test(test_devices_are_at_their_translated_addresses_with_their_interrupts),
        cmocka_unit_test(test_devices_of_nobody_and_of_others_are_not_there),
        cmocka_unit_test(test_what_devices_need_is_there_once_and_referred_to),
        cmocka_unit_test(test_interrupts_go_to_the_guests_interrupt_controller),
        cmocka_unit_test(test_parts_of_a_device_come_with_it),
        cmocka_unit_test(test_uarts_count_from_serial0_in_the_order_of_the_vms_list),
        cmocka_unit_test(test_chosen_has_command_line_and_initrd),
        cmocka_unit_test(test_the_same_system_gives_the_same_bytes),
        cmocka_unit_test(test_a_channel_is_described_to_its_members),
        cmocka_unit_test(test_a_watchdog_and_a_manager_are_described),
    };

    return cmocka_run_group_tests_name("guests' device trees", tests, NULL, NULL);
}
