/* SPDX-License-Identifier: Apache-2.0 */
/* A system without mistakes comes out as its user wrote it, resolved against the board. */
#include "front_tests.h"

#include <string.h>

#include "memory.h"

static const struct board_device *device_named(const struct system *system, const char *name)
{
    for (size_t i = 0; i < system->board.device_count; i++) {
        if (strcmp(system->board.devices[i].name, name) == 0) {
            return &system->board.devices[i];
        }
    }
    fail_msg("the board has no device %s", name);
    return NULL;
}

static void assert_has_device(const struct system *system, size_t vm, size_t position,
                              const char *name)
{
    assert_true(position < system->vms[vm].device_count);
    assert_string_equal(system->board.devices[system->vms[vm].devices[position]].name, name);
}

static void test_every_key_of_a_vm_is_taken(void **state)
{
    const struct vm *vm = &front_read("every-key.yaml")->vms[0];
    (void)state;

    assert_string_equal(vm->name, "control");
    assert_int_equal(vm->level, PLAN_LEVEL_HARD);
    assert_int_equal(vm->delivery, PLAN_DELIVERY_DIRECT);
    assert_int_equal(vm->fault_action, PLAN_FAULT_RESTART);
    assert_int_equal(vm->cpu_count, 2);
    assert_int_equal(vm->cpus[0], 2);
    assert_int_equal(vm->cpus[1], 0);
    assert_int_equal(vm->memory_count, 2);
    assert_int_equal(vm->memory[0].size, 2 << 20);
    assert_int_equal(vm->memory[0].at, 0x40000000);
    assert_int_equal(vm->memory[1].size, 64 << 10);
    assert_true(vm->memory[1].at == ADDRESS_UNSET);
    assert_non_null(strstr(vm->image, "/images/program"));
    assert_null(vm->kernel);
    assert_int_equal(vm->load_at, 0x40080000);
    assert_int_equal(vm->entry, 0x40080004);
    assert_int_equal(vm->dtb_at, 0x40000000);
    assert_false(vm->dma_trusted);
    assert_false(vm->manager);
    assert_int_equal(vm->location.line, 6);
}

static void test_memory_that_is_not_announced_as_ram_is_taken(void **state)
{
    const struct vm *vm = &front_read("roms.yaml")->vms[0];
    (void)state;

    assert_int_equal(vm->memory_count, 4);
    assert_true(vm->memory[0].rom && vm->memory[0].read_only);
    assert_non_null(strstr(vm->memory[0].file, "/images/program"));
    assert_int_equal(vm->memory[0].file_location.line, 8);
    assert_false(vm->memory[1].rom || vm->memory[1].read_only || vm->memory[1].file != NULL);
    assert_true(vm->memory[3].rom && !vm->memory[3].read_only && vm->memory[3].file == NULL);
}

static void test_calls_of_the_firmware_are_taken_in_ascending_order(void **state)
{
    static const struct plan_firmware expected[] = {
        {0x82000001, 0x82000001},
        {0x84000050, 0x84000053},
        {0xc2000000, 0xc200ffff},
    };
    const struct vm *vm = &front_read("firmware.yaml")->vms[0];
    (void)state;

    assert_int_equal(vm->firmware_count, COUNT_OF(expected));
    assert_memory_equal(vm->firmware, expected, sizeof(expected));
}

static void test_a_kernel_whose_console_nobody_sees_is_noted(void **state)
{
    (void)state;

    assert_string_equal(front_notes(front_good_folder, "kernels-without-uart.yaml"),
                        "kernels-without-uart.yaml:4: note: vm mute has no UART, so nobody sees "
                        "what its kernel prints; "
                        "write devices: [serial1] if you want to\n");
}

static void test_a_vm_with_a_kernel_is_taken(void **state)
{
    const struct vm *vm = &front_read("every-key.yaml")->vms[1];
    (void)state;

    assert_int_equal(vm->level, PLAN_LEVEL_BEST_EFFORT);
    assert_int_equal(vm->fault_action, PLAN_FAULT_STOP);
    assert_int_equal(vm->memory_count, 1);
    assert_int_equal(vm->memory[0].size, 64 << 20);
    assert_int_equal(vm->memory[0].at, 0x80200000);
    assert_null(vm->image);
    assert_non_null(strstr(vm->kernel, "/images/kernel"));
    assert_non_null(strstr(vm->initrd, "/images/initrd"));
    assert_string_equal(vm->cmdline, "console=ttyAMA0 quiet");
    assert_true(vm->load_at == ADDRESS_UNSET);
    assert_true(vm->entry == ADDRESS_UNSET);
    assert_true(vm->dtb_at == ADDRESS_UNSET);
    assert_true(vm->dma_trusted);
    assert_true(vm->manager);
}

static void test_devices_are_found_by_alias_label_and_path_and_drag_in_what_they_need(void **state)
{
    const struct system *system = front_read("every-key.yaml");
    (void)state;

    assert_int_equal(system->vms[0].device_count, 4);
    assert_has_device(system, 0, 0, "uart_c");
    assert_has_device(system, 0, 1, "keys");
    assert_has_device(system, 0, 2, "clocks_unit");
    assert_has_device(system, 0, 3, "gpio_a");
    assert_int_equal(system->vms[1].device_count, 4);
    assert_has_device(system, 1, 0, "rtc");
    assert_has_device(system, 1, 3, "ethernet0");
}

static void test_what_lies_in_the_page_of_a_given_device_goes_along(void **state)
{
    const struct system *system = front_read("every-key.yaml");
    (void)state;

    assert_int_equal(device_named(system, "watchdog")->owner, 1);
    assert_int_equal(device_named(system, "copier")->owner, 1);
    assert_int_equal(device_named(system, "gpio_b")->owner, 0);
    assert_true(device_named(system, "serial1")->owner == PLAN_NONE);
}

static void test_the_console_is_the_hypervisors(void **state)
{
    const struct system *system = front_read("every-key.yaml");
    (void)state;

    assert_true(system->has_console);
    assert_int_equal(system->console.pa, 0x10000000);
    assert_int_equal(system->console.data_offset, 0);
    assert_int_equal(system->console.status_offset, 0x18);
    assert_int_equal(system->console.busy_mask, 0x20);
    assert_int_equal(system->console.present, 1);
    assert_true(device_named(system, "serial0")->owner == PLAN_NONE);
    assert_false(front_read("two-uarts.yaml")->has_console);
}

static void test_the_board_is_read(void **state)
{
    const struct board *board = &front_read("every-key.yaml")->board;
    (void)state;

    assert_string_equal(board->name, "tester");
    assert_int_equal(board->conduit, PLAN_CONDUIT_SMC);
    assert_int_equal(board->gicd_pa, 0x8000000);
    assert_int_equal(board->gicr.start, 0x80a0000);
    assert_int_equal(board->gicr_stride, 0x20000);
    assert_int_equal(board->intid_count, 128);
    assert_int_equal(board->timer_intids[0], 29);
    assert_int_equal(board->timer_intids[1], 30);
    assert_int_equal(board->timer_intids[2], 27);
    assert_int_equal(board->timer_intids[3], 26);
}

static void test_cpus_are_counted_in_the_order_of_their_mpidr(void **state)
{
    const struct board *board = &front_read("every-key.yaml")->board;
    (void)state;

    assert_int_equal(board->cpu_count, 4);
    assert_int_equal(board->cpus[0].mpidr, 0);
    assert_int_equal(board->cpus[1].mpidr, 1);
    assert_int_equal(board->cpus[2].mpidr, 0x100);
    assert_true(board->cpus[3].mpidr == 0x100000000);
}

static void test_reserved_memory_is_no_ram(void **state)
{
    const struct board *board = &front_read("every-key.yaml")->board;
    static const struct range expected[] = {
        {0x80200000, 0x0fe00000}, /* behind the firmware, up to what board.yaml reserves */
        {0x90100000, 0x0ff00000}, /* up to the tree's memory reservation */
        {0xa0001000, 0x0ffff000}, /* up to the pool */
        {0xb0001000, 0x0ffff000},
    };
    (void)state;

    assert_int_equal(board->ram_count, 4);
    assert_memory_equal(board->ram, expected, sizeof(expected));
}

static void test_shared_cores_are_taken(void **state)
{
    const struct system *system = front_read("shared-cores.yaml");
    (void)state;

    assert_int_equal(system->cores[0].policy, PLAN_POLICY_DEDICATED);
    assert_int_equal(system->cores[2].policy, PLAN_POLICY_FIXED_PRIORITY);
    assert_int_equal(system->cores[2].slice_ns, 500000);
    for (size_t cpu = 1; cpu <= 3; cpu += 2) {
        const struct core *core = &system->cores[cpu];
        assert_int_equal(core->policy, PLAN_POLICY_TIMETABLE);
        assert_int_equal(core->frame_ns, 10000000);
        assert_int_equal(core->slot_count, 2);
        assert_true(core->slots[0].vm == 0 && core->slots[0].start_ns == 0 &&
                    core->slots[0].length_ns == 2000000);
        assert_true(core->slots[1].vm == 1 && core->slots[1].start_ns == 4000000);
    }
}

static void test_what_vms_ask_of_shared_cores_is_taken(void **state)
{
    const struct vm *vms = front_read("shared-cores.yaml")->vms;
    (void)state;

    assert_true(vms[0].period_ns == 20000000 && vms[0].budget_ns == 2000000 &&
                vms[0].priority == 7);
    assert_true(vms[0].interrupts == 2 && vms[0].interrupt_period_ns == 20000000);
    assert_true(vms[1].period_ns == 0 && vms[1].budget_ns == 0);
    assert_true(vms[1].interrupts == 5 && vms[1].interrupt_period_ns == 1000000000);
    assert_int_equal(vms[2].level, PLAN_LEVEL_BEST_EFFORT);
}

static void test_interrupts_are_direct_for_hard_vms_and_where_asked_for(void **state)
{
    (void)state;

    assert_int_equal(front_read("every-key.yaml")->vms[1].delivery, PLAN_DELIVERY_VIRTUAL);
    assert_int_equal(front_read("two-uarts.yaml")->vms[1].delivery, PLAN_DELIVERY_DIRECT);
    assert_int_equal(front_read("shared-cores.yaml")->vms[0].delivery, PLAN_DELIVERY_VIRTUAL);
}

static void test_affinities_are_virtual_where_sgis_are_trapped_and_that_is_asked_for(void **state)
{
    const struct vm *vms = front_read("checked.yaml")->vms;
    (void)state;

    assert_true(vms[0].delivery == PLAN_DELIVERY_DIRECT &&
                vms[0].affinity == PLAN_AFFINITY_PHYSICAL);
    assert_true(vms[1].delivery == PLAN_DELIVERY_CHECKED &&
                vms[1].affinity == PLAN_AFFINITY_VIRTUAL);
    assert_true(vms[2].delivery == PLAN_DELIVERY_CHECKED &&
                vms[2].affinity == PLAN_AFFINITY_PHYSICAL);
    assert_int_equal(front_read("two-uarts.yaml")->vms[0].affinity, PLAN_AFFINITY_VIRTUAL);
}

static void test_a_boards_costs_are_read(void **state)
{
    const struct plan_costs *costs = &front_read("shared-cores.yaml")->board.costs;
    (void)state;

    assert_true(costs->switch_ns == 2000 && costs->interrupt_ns == 500 && costs->exit_ns == 3000);
}

static void test_speculation_is_mitigated_only_where_that_is_asked_for(void **state)
{
    (void)state;

    assert_int_equal(front_read("shared-cores.yaml")->speculation, PLAN_SPECULATION_MITIGATE);
    assert_int_equal(front_read("every-key.yaml")->speculation, PLAN_SPECULATION_NONE);
}

static void test_channels_are_taken_with_interrupts_that_the_board_does_not_use(void **state)
{
    const struct system *system = front_read("living-together.yaml");
    const struct channel *channels = system->channels;
    (void)state;

    assert_int_equal(system->channel_count, 2);
    assert_string_equal(channels[0].name, "telemetry");
    assert_true(channels[0].size == 64 << 10 && channels[0].interval_ns == 0 &&
                channels[0].member_count == 2);
    assert_true(channels[0].members[0].vm == 0 && channels[0].members[1].vm == 2 &&
                channels[0].members[1].write);
    assert_true(channels[1].interval_ns == 10000 && channels[1].member_count == 3);
    assert_true(channels[1].members[0].vm == 1 && channels[1].members[1].vm == 2 &&
                channels[1].members[2].vm == 0);
    assert_true(channels[1].members[0].write && !channels[1].members[1].write &&
                channels[1].members[2].write);
    /* 127 is a disabled device's, 126 goes by way of an interrupt-map, 125 and 124 are for
     * messages. */
    assert_int_equal(channels[0].members[0].intid, 123);
    assert_int_equal(channels[0].members[1].intid, 122);
    assert_int_equal(channels[1].members[0].intid, 121);
    assert_int_equal(channels[1].members[2].intid, 119);
}

static void test_what_becomes_of_a_vm_is_taken(void **state)
{
    const struct vm *vms = front_read("living-together.yaml")->vms;
    (void)state;

    assert_true(vms[0].watchdog_action == PLAN_WATCHDOG_RESTART &&
                vms[0].watchdog_period_ns == 50000000);
    assert_true(vms[0].watchdog_first_ns == 1000000000);
    assert_true(vms[0].restart_limit == 5 && vms[0].restart_period_ns == 10000000000);
    assert_int_equal(vms[0].reload, 1 << 20);
    assert_true(vms[1].watchdog_action == PLAN_WATCHDOG_LOG &&
                vms[1].watchdog_first_ns == 1000000000);
    assert_true(vms[1].restart_limit == 0 && vms[1].reload == 0 && !vms[1].manager);
    assert_true(vms[2].manager);
}

static void test_what_follows_the_hypervisors_own_fault_is_taken(void **state)
{
    const struct system *system = front_read("living-together.yaml");
    (void)state;

    assert_int_equal(system->engine_fault, PLAN_ENGINE_FAULT_RESET);
    assert_int_equal(system->manager_intid, 118);
    assert_int_equal(front_read("every-key.yaml")->engine_fault, PLAN_ENGINE_FAULT_STOP_CORE);
    assert_int_equal(front_read("shared-cores.yaml")->manager_intid, 0);
}

/* The manager's first CPU, if that is not the VM's own; else the first whose VMs have virtual
 * interrupts. */
static void test_watchdogs_are_looked_at_by_cpus_with_virtual_interrupts(void **state)
{
    const struct vm *vms = front_read("living-together.yaml")->vms;
    (void)state;

    assert_int_equal(vms[0].watcher, 3);
    assert_int_equal(vms[1].watcher, 3);
    assert_int_equal(vms[2].watcher, 1);
}

int run_good_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_of_a_vm_is_taken),
        cmocka_unit_test(test_memory_that_is_not_announced_as_ram_is_taken),
        cmocka_unit_test(test_calls_of_the_firmware_are_taken_in_ascending_order),
        cmocka_unit_test(test_a_kernel_whose_console_nobody_sees_is_noted),
        cmocka_unit_test(test_a_vm_with_a_kernel_is_taken),
        cmocka_unit_test(test_devices_are_found_by_alias_label_and_path_and_drag_in_what_they_need),
        cmocka_unit_test(test_what_lies_in_the_page_of_a_given_device_goes_along),
        cmocka_unit_test(test_the_console_is_the_hypervisors),
        cmocka_unit_test(test_the_board_is_read),
        cmocka_unit_test(test_cpus_are_counted_in_the_order_of_their_mpidr),
        cmocka_unit_test(test_reserved_memory_is_no_ram),
        cmocka_unit_test(test_shared_cores_are_taken),
        cmocka_unit_test(test_what_vms_ask_of_shared_cores_is_taken),
        cmocka_unit_test(test_interrupts_are_direct_for_hard_vms_and_where_asked_for),
        cmocka_unit_test(test_affinities_are_virtual_where_sgis_are_trapped_and_that_is_asked_for),
        cmocka_unit_test(test_a_boards_costs_are_read),
        cmocka_unit_test(test_speculation_is_mitigated_only_where_that_is_asked_for),
        cmocka_unit_test(test_channels_are_taken_with_interrupts_that_the_board_does_not_use),
        cmocka_unit_test(test_what_becomes_of_a_vm_is_taken),
        cmocka_unit_test(test_what_follows_the_hypervisors_own_fault_is_taken),
        cmocka_unit_test(test_watchdogs_are_looked_at_by_cpus_with_virtual_interrupts),
    };

    return cmocka_run_group_tests_name("systems without mistakes", tests, NULL, NULL);
}
