/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about places: everything lies where it was asked for or where it fits, and what
 * cannot be is said. */
#include <elf.h>
#include <string.h>

#include "back.h"
#include "channel_doorbells.h"
#include "memory.h"

static struct system the_system;
static struct layout layout;

static struct vm *start(uint64_t memory)
{
    system_start(&the_system, 512 * MB);
    return system_add_vm(&the_system, "guest", 0, memory);
}

static const struct segment *segment(size_t vm, const char *what)
{
    for (size_t i = 0; i < layout.vms[vm].segment_count; i++) {
        if (strcmp(layout.vms[vm].segments[i].what, what) == 0) {
            return &layout.vms[vm].segments[i];
        }
    }
    fail_msg("no segment %s", what);
    return NULL;
}

static void assert_made(void)
{
    bool made = layout_make(&the_system, &layout);

    assert_no_mistake();
    assert_true(made);
}

static void assert_refused(const char *because)
{
    assert_false(layout_make(&the_system, &layout));
    assert_mistake(because);
}

static void test_ram_is_where_it_physically_is_unless_asked_otherwise(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    assert_made();
    assert_int_equal(layout.vms[0].ram[0].ipa, layout.vms[0].ram[0].pa);
    assert_int_equal(layout.vms[0].ram[0].pa % BLOCK_SIZE, 0);
    vm->memory[0].at = 0x100000;
    assert_made();
    assert_int_equal(layout.vms[0].ram[0].ipa, 0x100000);
    assert_int_equal(layout.vms[0].ram[0].pa % BLOCK_SIZE, 0x100000);
}

static void test_a_trusted_vm_is_never_moved(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->dma_trusted = true;
    vm->memory[0].at = 0x50000000;
    assert_made();
    assert_int_equal(layout.vms[0].ram[0].pa, 0x50000000);
    vm->memory[0].at = 0x10000000;
    assert_refused("'dma: trusted' needs equal addresses");
}

static void test_no_two_owners_of_memory(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        struct range taken[24];
        size_t count = 0;
        system_random(&the_system, &seed);
        assert_made();
        taken[count++] =
            range_of(layout.hypervisor_pa, layout.hypervisor_end - layout.hypervisor_pa);
        for (size_t i = 0; i < the_system.vm_count; i++) {
            const struct vm_layout *own = &layout.vms[i];
            assert_true(range_contains(taken[0], own->copies) &&
                        range_contains(taken[0], range_of(own->info_pa, 1)));
            assert_true(range_contains(taken[0], own->store) &&
                        !ranges_overlap(own->store, own->copies));
            for (size_t j = 0; j < own->ram_count; j++) {
                taken[count++] = range_of(own->ram[j].pa, own->ram[j].size);
            }
        }
        for (size_t i = 0; i < the_system.channel_count; i++) {
            taken[count++] = range_of(layout.channels[i].pa, the_system.channels[i].size);
        }
        for (size_t i = 0; i < count; i++) {
            assert_true(range_contains(the_system.board.ram[0], taken[i]));
            for (size_t j = 0; j < i; j++) {
                assert_false(ranges_overlap(taken[i], taken[j]));
            }
        }
    }
}

static void test_what_a_vm_sees_does_not_overlap(void **state)
{
    unsigned seed = 11;

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        bool old = round % 2 == 0;
        system_random(&the_system, &seed);
        if (old) {
            system_take_gicv2(&the_system);
        }
        assert_made();
        for (size_t i = 0; i < the_system.vm_count; i++) {
            const struct vm_layout *own = &layout.vms[i];
            const struct hypervisor_elf hypervisor = {0};
            struct plan_input input = {
                .system = &the_system, .layout = &layout, .hypervisor = &hypervisor};
            struct range seen[64];
            struct vm_tables tables;
            size_t count = 0;
            assert_true(plan_list_regions(&the_system, &input.regions));
            plan_list_memory(&input, i, &tables);
            for (size_t j = 0; j < tables.memory_count; j++) {
                seen[count++] = range_of(tables.memory[j].ipa, tables.memory[j].size);
            }
            seen[count++] = range_of(own->gicd_ipa, old ? 0x1000 : 0x10000);
            /* Of a GICv2's CPU interface the first page is in the list of what is mapped. */
            seen[count++] = old ? range_of(own->gicc_ipa + 0x1000, 0x1000)
                                : range_of(own->gicr_ipa, 0x20000 * the_system.vms[i].cpu_count);
            struct channel_way *ways;
            seen[count++] = range_of(own->doorbell_ipa,
                                     channel_ways(&the_system, (uint32_t)i, &ways) * PAGE_SIZE);
            for (size_t j = 0; j < count; j++) {
                for (size_t k = 0; k < j; k++) {
                    assert_false(ranges_overlap(seen[j], seen[k]));
                }
            }
        }
    }
}

static void test_a_kernel_its_initrd_and_its_device_tree_follow_each_other(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->image = NULL;
    vm->kernel = linux_file_of(0x80000, 0x203040, 0x3010);
    vm->initrd = file_of(memory_new(1, 0x1234), 0x1234);
    assert_made();
    uint64_t ram = layout.vms[0].ram[0].ipa;
    assert_int_equal(layout.vms[0].entry, ram + 0x80000);
    assert_int_equal(layout.vms[0].initrd_start, ram + 0x80000 + 0x204000);
    assert_int_equal(layout.vms[0].initrd_end, layout.vms[0].initrd_start + 0x1234);
    assert_int_equal(layout.vms[0].dtb_ipa, layout.vms[0].initrd_start + 0x2000);
    assert_int_equal(layout.vms[0].dtb_room, 0x10000);
}

static void test_a_fixed_program_gets_its_address_or_the_advice_how(void **state)
{
    const struct elf_segment code = {0x40280000, 0x40280000, 0x1000, 0x2000};
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->image = elf_file_of(ET_EXEC, 0x40280000, &code, 1);
    the_system.board.ram[0].start = 0x80000000;
    assert_refused("write 'at: 0x40200000' for its memory");
    vm->memory[0].at = 0x40200000;
    assert_made();
    assert_int_equal(layout.vms[0].entry, 0x40280000);
    assert_int_equal(segment(0, "image")->pa, layout.vms[0].ram[0].pa + 0x80000);
    vm->load_at = 0x40200000;
    assert_refused("'load-at:' does not apply");
}

static void test_a_position_independent_program_goes_to_the_start_of_ram(void **state)
{
    const struct elf_segment code[] = {{0x0, 0x0, 0x1000, 0x1000}, {0x11000, 0x11000, 0x10, 0x100}};
    struct vm *vm = start(MB);

    (void)state;
    vm->image = elf_file_of(ET_DYN, 0x20, code, 2);
    assert_made();
    uint64_t ram = layout.vms[0].ram[0].ipa;
    assert_int_equal(layout.vms[0].entry, align_up(ram, 0x10000) + 0x20);
    assert_int_equal(layout.vms[0].dtb_ipa, ram + MB - 0x10000);
}

static void test_a_raw_program_goes_where_it_is_told(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->memory[0].at = 0;
    vm->load_at = 0x8001;
    vm->entry = 0x8004;
    vm->dtb_at = 0x100008;
    assert_made();
    assert_int_equal(layout.vms[0].entry, 0x8004);
    assert_int_equal(layout.vms[0].dtb_ipa, 0x100008);
    const struct segment *image = segment(0, "image");
    assert_int_equal(image->ipa, 0x8000);
    assert_int_equal(image->bytes[0], 0);
    assert_int_equal(image->bytes[1], 5);
    assert_int_equal(image->file_size, 0x2040);
    vm->load_at = 16 * MB - 0x1000;
    assert_refused("outside of the memory of vm 'guest' (0x0 to 0x1000000); change 'load-at:'");
    vm->load_at = 0x8000;
    vm->entry = 0x1000000;
    assert_refused("entry 0x1000000 is outside");
    vm->entry = 0x8002;
    assert_refused("not a multiple of 4");
    vm->entry = ADDRESS_UNSET;
    vm->dtb_at = 0x9000;
    assert_refused("overlaps its image (0x8000 to 0xa000)");
    vm->dtb_at = 0x9001;
    assert_refused("not a multiple of 8");
    vm->dtb_at = 0x2000000;
    assert_refused("dtb-at 0x2000000 is outside");
}

static void test_the_device_tree_lies_above_the_image_where_there_is_room(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->memory[0].at = 0x40000000;
    vm->load_at = 0x40080000;
    assert_made();
    assert_int_equal(layout.vms[0].dtb_ipa, 0x41000000 - 0x10000);
    /* The image ends where the memory does. */
    vm->load_at = 0x41000000 - 0x2000;
    assert_made();
    assert_int_equal(layout.vms[0].dtb_ipa, 0x40000000);
}

/* A VM with 64 KB at 0 that are not announced as RAM, and 16 MB. */
static struct vm *start_with_rom(const char *file)
{
    struct vm *vm = start(16 * MB);

    vm->memory[1] = vm->memory[0];
    vm->memory[0] = (struct vm_memory){.size = 0x10000,
                                       .at = 0,
                                       .location = vm->location,
                                       .rom = true,
                                       .file = file,
                                       .file_location = {"test.yaml", 15}};
    vm->memory_count = 2;
    return vm;
}

static void test_a_rom_holds_its_file_and_nothing_else_goes_there(void **state)
{
    struct vm *vm = start_with_rom(file_of("boot", 4));

    (void)state;
    vm->memory[0].read_only = true;
    assert_made();
    const struct plan_memory *ram = layout.vms[0].ram;
    assert_int_equal(ram[0].flags, PLAN_MEMORY_READ | PLAN_MEMORY_EXEC | PLAN_MEMORY_ROM);
    assert_int_equal(ram[1].flags, PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_EXEC);
    const struct segment *rom = segment(0, "rom");
    assert_true(rom->ipa == 0 && rom->pa == ram[0].pa);
    assert_memory_equal(rom->bytes, "boot\0", 5);
    assert_int_equal(segment(0, "image")->ipa, ram[1].ipa);
    assert_int_equal(layout.vms[0].dtb_ipa, ram[1].ipa + 16 * MB - 0x10000);
    vm->memory[0].read_only = false;
    assert_made();
    assert_int_equal(layout.vms[0].ram[0].flags & PLAN_MEMORY_WRITE, PLAN_MEMORY_WRITE);
}

static void test_a_program_can_be_loaded_into_a_rom(void **state)
{
    struct vm *vm = start_with_rom(NULL);

    (void)state;
    vm->load_at = 0x1000;
    assert_made();
    assert_int_equal(layout.vms[0].entry, 0x1000);
    assert_int_equal(layout.vms[0].dtb_ipa, layout.vms[0].ram[1].ipa + 16 * MB - 0x10000);
    vm->reload = 0x4000;
    assert_made();
    vm->memory[0].file = file_of("boot", 4);
    vm->reload = 0;
    vm->load_at = 0;
    assert_refused("test.yaml:15: file '");
    assert_refused("occupies 0x0 to 0x40, where vm 'guest' has its image; move one");
    vm->memory[0].file = file_of(memory_new(1, 0x10001), 0x10001);
    assert_refused("64 KB; make size that large");
}

static void test_a_rom_is_no_part_of_what_another_image_replaces(void **state)
{
    struct vm *vm = start_with_rom(file_of("boot", 4));

    (void)state;
    vm->reload = MB;
    assert_made();
    assert_int_equal(layout.vms[0].store_target.start, layout.vms[0].ram[1].ipa);
    assert_false(segment_is_stored(&layout.vms[0], segment(0, "rom")));
}

static void test_too_much_memory_is_refused_with_the_numbers(void **state)
{
    struct vm *vm = start(256 * MB);

    (void)state;
    system_add_vm(&the_system, "other", 1, 384 * MB);
    assert_refused("test.yaml:23: the VMs ask for 640 MB of memory (guest 256 MB, other 384 MB), "
                   "board 'test' has 512 MB");
    the_system.vm_count = 1;
    vm->memory[0].size = 0x1800;
    assert_refused("is not a multiple of 4 KB");
}

static void test_pieces_that_are_too_small_are_refused(void **state)
{
    struct vm *vm = start(200 * MB);
    struct range banks[] = {{0x40000000, 128 * MB}, {0x80000000, 128 * MB}};

    (void)state;
    the_system.board.ram = banks;
    the_system.board.ram_count = 2;
    assert_refused(
        "no contiguous 200 MB of RAM left for vm 'guest' (the largest free piece has 128 MB)");
    vm->memory[0].size = 100 * MB;
    vm->memory[1] =
        (struct vm_memory){.size = 100 * MB, .at = ADDRESS_UNSET, .location = vm->location};
    vm->memory_count = 2;
    assert_made();
}

static void test_alignment_never_keeps_a_vm_out(void **state)
{
    (void)state;
    system_start(&the_system, 4ULL << 30);
    system_add_vm(&the_system, "one", 0, 2ULL << 30);
    assert_made();
    assert_int_equal(layout.vms[0].ram[0].pa % GIGA_SIZE, 0);
    system_add_vm(&the_system, "two", 1, 1900 * MB);
    assert_made();
}

static void test_memory_over_ones_own_devices_is_refused(void **state)
{
    struct vm *vm = start(16 * MB);

    (void)state;
    vm->memory[0].at = 0x7f00000;
    vm->memory[0].size = 2 * MB;
    assert_refused("covers 0x8000000, where it sees the interrupt controller");
    vm->memory[0].at = 0x8f00000;
    assert_made();
    vm_take_device(&the_system, vm, 0);
    assert_refused("covers 0x9000000, where it sees a device of its own");
    vm->memory[0].at = 0x10000000;
    vm->memory[1] = (struct vm_memory){.size = MB, .at = 0x10100000, .location = vm->location};
    vm->memory_count = 2;
    assert_refused("overlaps its memory at 0x10000000");
    vm->memory[1].at = 0x8000000000;
    assert_refused("where guest addresses end");
}

static void test_mistakes_of_all_vms_are_reported_together(void **state)
{
    struct vm *vm = start(16 * MB);
    struct vm *other = system_add_vm(&the_system, "other", 1, 600 * MB);

    (void)state;
    vm->image = "build/no/such/file";
    other->image = file_of("", 0);
    assert_false(layout_make(&the_system, &layout));
    const char *all = mistakes_take();
    assert_non_null(strstr(all, "cannot be read"));
    assert_non_null(strstr(all, "is empty"));
    assert_non_null(strstr(all, "the VMs ask for"));
}

static void test_no_room_for_initrd_or_device_tree_is_said(void **state)
{
    struct vm *vm = start(0x4000);

    (void)state;
    vm->initrd = file_of(memory_new(1, 0x2001), 0x2001);
    assert_refused("does not fit behind the image");
    vm->initrd = NULL;
    assert_made(); /* in less room than usual */
    assert_int_equal(layout.vms[0].dtb_room, 0x2000);
    vm->memory[0].size = 0x3000;
    assert_refused("no room left for its device tree");
}

const struct CMUnitTest layout_tests[] = {
    cmocka_unit_test(test_ram_is_where_it_physically_is_unless_asked_otherwise),
    cmocka_unit_test(test_a_trusted_vm_is_never_moved),
    cmocka_unit_test(test_no_two_owners_of_memory),
    cmocka_unit_test(test_what_a_vm_sees_does_not_overlap),
    cmocka_unit_test(test_a_kernel_its_initrd_and_its_device_tree_follow_each_other),
    cmocka_unit_test(test_a_fixed_program_gets_its_address_or_the_advice_how),
    cmocka_unit_test(test_a_position_independent_program_goes_to_the_start_of_ram),
    cmocka_unit_test(test_a_raw_program_goes_where_it_is_told),
    cmocka_unit_test(test_the_device_tree_lies_above_the_image_where_there_is_room),
    cmocka_unit_test(test_a_rom_holds_its_file_and_nothing_else_goes_there),
    cmocka_unit_test(test_a_program_can_be_loaded_into_a_rom),
    cmocka_unit_test(test_a_rom_is_no_part_of_what_another_image_replaces),
    cmocka_unit_test(test_too_much_memory_is_refused_with_the_numbers),
    cmocka_unit_test(test_pieces_that_are_too_small_are_refused),
    cmocka_unit_test(test_alignment_never_keeps_a_vm_out),
    cmocka_unit_test(test_memory_over_ones_own_devices_is_refused),
    cmocka_unit_test(test_mistakes_of_all_vms_are_reported_together),
    cmocka_unit_test(test_no_room_for_initrd_or_device_tree_is_said),
};
const size_t layout_test_count = sizeof(layout_tests) / sizeof(layout_tests[0]);
