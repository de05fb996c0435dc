/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about translation: exactly what was decided is mapped, in the largest blocks, with
 * the right rights. */
#include "back.h"
#include "el2_map.h"
#include "memory.h"

#define ROUNDS 60

/* As a reader of the manual would write them down (Arm DDI 0487, D8.3). */
#define S2_RAM    (1ULL << 10 | 3ULL << 8 | 3ULL << 6 | 0xfULL << 2)
#define S2_ROM    (1ULL << 10 | 3ULL << 8 | 1ULL << 6 | 0xfULL << 2)
#define S2_DEVICE (1ULL << 54 | 1ULL << 10 | 3ULL << 6 | 1ULL << 2)
#define S2_READ   (1ULL << 54 | 1ULL << 10 | 3ULL << 8 | 1ULL << 6 | 0xfULL << 2)
#define S2_SHARED (S2_READ | 1ULL << 7)
#define S1_CODE   (1ULL << 10 | 3ULL << 8 | 1ULL << 7 | 1ULL << 6 | 1ULL << 2)
#define S1_CONST  (S1_CODE | 1ULL << 54)
#define S1_DATA   (1ULL << 54 | 1ULL << 10 | 3ULL << 8 | 1ULL << 6 | 1ULL << 2)
#define S1_DEVICE (1ULL << 54 | 1ULL << 10 | 1ULL << 6)

static struct system the_system;
static struct layout layout;
static struct machine machine;

static void expect(struct mappings *expected, uint64_t from, uint64_t pa, uint64_t size,
                   uint64_t attributes)
{
    *ARRAY_ADD(expected->list, expected->count) = (struct mapping){from, pa, size, attributes};
}

static void stage2_check(size_t vm)
{
    const struct plan_vm *planned =
        (const struct plan_vm *)machine_array(&machine, machine.plan->vms) + vm;
    const struct plan_memory *memory = machine_array(&machine, planned->memory);
    struct mappings found = machine_walk(&machine, planned->stage2.root_pa);
    struct mappings expected = {0};
    uint64_t end = 0;

    for (size_t i = 0; i < planned->memory.count; i++) {
        bool read_only_rom =
            (memory[i].flags & (PLAN_MEMORY_ROM | PLAN_MEMORY_WRITE)) == PLAN_MEMORY_ROM;
        uint64_t attributes = read_only_rom                                 ? S2_ROM
                              : (memory[i].flags & PLAN_MEMORY_EXEC) != 0   ? S2_RAM
                              : (memory[i].flags & PLAN_MEMORY_DEVICE) != 0 ? S2_DEVICE
                              : (memory[i].flags & PLAN_MEMORY_WRITE) != 0  ? S2_SHARED
                                                                            : S2_READ;
        expect(&expected, memory[i].ipa, memory[i].pa, memory[i].size, attributes);
        end = memory[i].ipa + memory[i].size > end ? memory[i].ipa + memory[i].size : end;
    }
    assert_maps_exactly(&found, &expected);

    /* The input size holds everything, and is 32 bits at least. */
    uint64_t bits = 64 - (planned->stage2.vtcr & 0x3f);
    assert_true(bits >= 32 && bits <= 39 && end <= 1ULL << bits &&
                (bits == 32 || end > 1ULL << (bits - 1)));
    assert_int_equal(planned->stage2.vtcr & ~0x3fULL, 0x80023540);
    assert_int_equal(planned->stage2.vttbr, planned->stage2.root_pa | (vm + 1) << 48);

    const uint64_t *root = (const uint64_t *)machine_at(&machine, planned->stage2.root_pa);
    const uint64_t *copy = machine_array(&machine, planned->stage2.root);
    for (size_t i = 0; i < 512; i++) {
        assert_int_equal(root[i], i < planned->stage2.root.count ? copy[i] : 0);
    }
}

static bool vm_runs_on(uint32_t vm, uint32_t cpu)
{
    const struct plan_vcpu *vcpus = machine_array(&machine, machine.plan->vcpus);

    for (uint32_t i = 0; i < machine.plan->vcpus.count; i++) {
        if (vcpus[i].vm == vm && vcpus[i].cpu == cpu) {
            return true;
        }
    }
    return false;
}

/* The VM as the plan of a CPU must see it. */
static void expect_vm(struct mappings *expected, size_t vm)
{
    const struct vm_layout *own = &layout.vms[vm];

    for (size_t i = 0; i < own->ram_count; i++) {
        expect(expected, 0x4000000000 + own->ram[i].pa, own->ram[i].pa, own->ram[i].size, S1_DATA);
    }
    expect(expected, 0x4000000000 + own->info_pa, own->info_pa, 0x1000, S1_DATA);
    expect(expected, 0x4000000000 + own->copies.start, own->copies.start, own->copies.size,
           S1_CONST);
    if (own->store.size != 0) {
        expect(expected, 0x4000000000 + own->store.start, own->store.start, own->store.size,
               S1_CONST);
    }
}

/* A CPU that runs the manager may stop every VM, one that looks at a watchdog that watchdog's
 * VM. */
static bool may_stop(uint32_t vm, uint32_t cpu)
{
    const struct plan_vm *planned = machine_array(&machine, machine.plan->vms);
    const struct plan_core *core =
        (const struct plan_core *)machine_array(&machine, machine.plan->cores) + cpu;

    for (uint32_t i = 0; i < machine.plan->vms.count; i++) {
        if (planned[i].command_ipa != 0 && vm_runs_on(i, cpu)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < core->watched.count; i++) {
        if (((const uint32_t *)machine_array(&machine, core->watched))[i] == vm) {
            return true;
        }
    }
    return false;
}

/* What CPU @index maps for the VMs that run there or may be stopped from there; the
 * redistributor of a CPU once. */
static void expect_vms(struct mappings *expected, uint32_t index)
{
    const struct plan *plan = machine.plan;
    bool needed[PLAN_MAX_CPUS] = {false};

    for (uint32_t vm = 0; vm < plan->vms.count; vm++) {
        const struct plan_vm *planned =
            (const struct plan_vm *)machine_array(&machine, plan->vms) + vm;
        if (vm_runs_on(vm, index)) {
            expect_vm(expected, vm);
        } else if (!may_stop(vm, index)) {
            continue;
        }
        expect(expected, 0x7fc3000000 + vm * 0x1000, planned->stage2.root_pa, 0x1000, S1_DATA);
        for (uint32_t other = 0; other < plan->cpu_count; other++) {
            needed[other] |= vm_runs_on(vm, other);
        }
    }
    for (uint32_t other = 0; other < plan->cpu_count; other++) {
        if (needed[other] && plan->gic.version == 3) {
            expect(expected, EL2_GICR + (uint64_t)other * EL2_GICR_STRIDE,
                   plan->cpus[other].gicr_pa, 0x20000, S1_DEVICE);
        }
    }
}

static void stage1_check(uint32_t index)
{
    const struct plan_cpu *cpu = &machine.plan->cpus[index];
    const struct plan_hypervisor *own = &machine.plan->hypervisor;
    struct mappings found = machine_walk(&machine, cpu->stage1_root);
    struct mappings expected = {0};
    uint64_t plan_size = align_up(machine.plan->total_size, 0x1000);

    expect(&expected, own->pa, own->pa, 0x1000, S1_CODE);
    expect(&expected, EL2_BASE, own->pa, own->text_size, S1_CODE);
    expect(&expected, EL2_BASE + own->text_size, own->pa + own->text_size,
           own->rodata_size + plan_size, S1_CONST);
    expect(&expected, EL2_SHARED, own->shared_pa, own->shared_size, S1_DATA);
    expect(&expected, EL2_PERCPU, cpu->percpu_pa, own->percpu_size, S1_DATA);
    bool old = machine.plan->gic.version == 2;
    expect(&expected, EL2_GICD, machine.plan->gic.gicd_pa, old ? 0x1000 : 0x10000, S1_DEVICE);
    if (old) {
        expect(&expected, EL2_GICC, 0x8002000, 0x2000, S1_DEVICE);
        expect(&expected, EL2_GICH, 0x8004000, 0x1000, S1_DEVICE);
    }
    if (machine.plan->console.present != 0) {
        expect(&expected, EL2_CONSOLE, machine.plan->console.pa, 0x1000, S1_DEVICE);
    }
    expect_vms(&expected, index);
    assert_maps_exactly(&found, &expected);
}

static void test_stage2_maps_what_the_plan_says_and_nothing_else(void **state)
{
    unsigned seed = 3;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        system_random(&the_system, &seed);
        if (round % 3 == 0) {
            system_take_gicv2(&the_system);
        }
        const char *path = compose(&the_system, &layout);
        assert_no_mistake();
        machine_load(&machine, &the_system, path, 0);
        for (size_t i = 0; i < the_system.vm_count; i++) {
            stage2_check(i);
        }
        machine_free(&machine);
    }
}

static void test_a_cpu_maps_the_hypervisor_and_its_own_vm_only(void **state)
{
    unsigned seed = 5;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        system_random(&the_system, &seed);
        the_system.has_console = round % 2 == 0;
        if (round % 3 == 0) {
            system_take_gicv2(&the_system);
        }
        the_system.console.pa = 0x9040000;
        const char *path = compose(&the_system, &layout);
        assert_no_mistake();
        machine_load(&machine, &the_system, path, 0);
        for (uint32_t i = 0; i < machine.plan->cpu_count; i++) {
            stage1_check(i);
        }
        machine_free(&machine);
    }
}

static void test_large_memory_takes_one_entry_a_gigabyte(void **state)
{
    (void)state;
    system_start(&the_system, 8ULL << 30);
    system_add_vm(&the_system, "large", 0, 4ULL << 30);
    machine_load(&machine, &the_system, compose(&the_system, &layout), 0);
    const struct plan_vm *planned = machine_array(&machine, machine.plan->vms);
    struct mappings found = machine_walk(&machine, planned->stage2.root_pa);
    assert_int_equal(found.count, 4 + 1); /* and the info page */
    machine_free(&machine);
}

static void test_a_device_beyond_39_bits_is_refused(void **state)
{
    struct vm *vm;

    (void)state;
    system_start(&the_system, 512 * MB);
    vm = system_add_vm(&the_system, "guest", 0, MB);
    the_system.board.devices[0].regs[0].start = 0x7ffffff000;
    vm_take_device(&the_system, vm, 0);
    assert_non_null(compose(&the_system, &layout));
    the_system.board.devices[0].regs[0].start = 0x8000000000;
    assert_null(compose(&the_system, &layout));
    assert_mistake("has a device at 0x8000000000, above 0x8000000000");
}

const struct CMUnitTest table_tests[] = {
    cmocka_unit_test(test_stage2_maps_what_the_plan_says_and_nothing_else),
    cmocka_unit_test(test_a_cpu_maps_the_hypervisor_and_its_own_vm_only),
    cmocka_unit_test(test_large_memory_takes_one_entry_a_gigabyte),
    cmocka_unit_test(test_a_device_beyond_39_bits_is_refused),
};
const size_t table_test_count = sizeof(table_tests) / sizeof(table_tests[0]);
