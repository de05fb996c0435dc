/* SPDX-License-Identifier: Apache-2.0 */
/* Promises about the plan: owners, routes, checksums, and a restart that begins with the same
 * memory. */
#include <elf.h>
#include <libfdt.h>
#include <string.h>

#include "back.h"
#include "info.h"
#include "memory.h"

static struct system the_system;
static struct layout layout;
static struct machine machine;

static const struct plan_vm *planned(size_t vm)
{
    return (const struct plan_vm *)machine_array(&machine, machine.plan->vms) + vm;
}

static void compose_and_load(uint8_t garbage)
{
    const char *path = compose(&the_system, &layout);

    assert_no_mistake();
    assert_non_null(path);
    machine_load(&machine, &the_system, path, garbage);
}

/* Two VMs: `one` with devices 0 and 1, `two` on CPUs 3 and 2. */
static void two_vms(void)
{
    system_start(&the_system, 64 * MB);
    struct vm *one = system_add_vm(&the_system, "one", 0, MB);
    struct vm *two = system_add_vm(&the_system, "two", 3, 4 * MB);
    two->cpus[two->cpu_count++] = 2;
    two->level = PLAN_LEVEL_HARD;
    vm_take_device(&the_system, one, 0);
    vm_take_device(&the_system, two, 3);
}

static uint64_t checksum(const void *bytes, uint64_t size)
{
    uint64_t sum = PLAN_CHECKSUM_SEED;

    for (uint64_t i = 0; i < size; i += 8) {
        sum = (sum ^ *(const uint64_t *)((const uint8_t *)bytes + i)) * PLAN_CHECKSUM_PRIME;
    }
    return sum;
}

static void test_the_plan_carries_its_checksums(void **state)
{
    (void)state;
    two_vms();
    compose_and_load(0);
    const struct plan *plan = machine.plan;
    const uint8_t *bytes = (const uint8_t *)plan;
    assert_true(plan->magic == PLAN_MAGIC && plan->version == PLAN_VERSION &&
                plan->head_size == PLAN_HEAD_SIZE);
    assert_int_equal(plan->total_size % 8, 0);
    assert_true(plan->head_checksum == checksum(bytes + 24, PLAN_HEAD_SIZE - 24));
    assert_true(plan->body_checksum ==
                checksum(bytes + PLAN_HEAD_SIZE, plan->total_size - PLAN_HEAD_SIZE));
    machine_free(&machine);
}

static void test_cpus_are_those_of_the_vms(void **state)
{
    (void)state;
    two_vms();
    compose_and_load(0);
    const struct plan *plan = machine.plan;
    const struct plan_vcpu *vcpus = machine_array(&machine, plan->vcpus);
    assert_int_equal(plan->cpu_count, 3);
    const struct plan_core *cores = machine_array(&machine, plan->cores);
    static const uint32_t expected[] = {0, 2, 1};
    assert_int_equal(plan->cores.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const uint32_t *list = machine_array(&machine, cores[i].vcpus);
        assert_true(cores[i].policy == PLAN_POLICY_DEDICATED && cores[i].vcpus.count == 1 &&
                    list[0] == expected[i]);
        assert_true(cores[i].slice_ns == 1000000 && cores[i].slots.count == 0 &&
                    cores[i].frame_ns == 0);
    }
    assert_true(vcpus[1].mpidr == 3 && vcpus[1].vm == 1 && vcpus[1].cpu == 2);
    assert_true(planned(1)->first_vcpu == 1 && planned(1)->vcpu_count == 2);
    assert_int_equal(plan->cpus[2].mpidr, 3);
    assert_int_equal(plan->cpus[2].gicr_pa, 0x80a0000 + 3 * 0x20000);
    assert_int_not_equal(plan->cpus[1].percpu_pa, plan->cpus[2].percpu_pa);
    machine_free(&machine);
}

static void test_a_shared_core_lists_its_vcpus_and_slots(void **state)
{
    struct core_slot slots[] = {
        {.start_ns = 0, .length_ns = 1000, .vm = 1},
        {.start_ns = 2000, .length_ns = 3000, .vm = 0},
    };
    (void)state;
    two_vms();
    struct vm *vms = the_system.vms;
    vms[0].cpus[vms[0].cpu_count++] = 3; /* the second one's first CPU */
    vms[0].delivery = vms[1].delivery = PLAN_DELIVERY_VIRTUAL;
    vms[0].affinity = vms[1].affinity = PLAN_AFFINITY_VIRTUAL;
    vms[1].period_ns = 9000;
    vms[1].budget_ns = 4000;
    vms[1].priority = 5;
    vms[1].interrupts = 6;
    vms[1].interrupt_period_ns = 7000;
    the_system.cores[3] = (struct core){.location = vms[0].location,
                                        .policy = PLAN_POLICY_TIMETABLE,
                                        .policy_name = "timetable",
                                        .slice_ns = 11000,
                                        .frame_ns = 9000,
                                        .slots = slots,
                                        .slot_count = 2};
    the_system.board.costs = (struct plan_costs){1, 2, 3};
    the_system.speculation = PLAN_SPECULATION_MITIGATE;
    compose_and_load(0);
    const struct plan_vcpu *vcpus = machine_array(&machine, machine.plan->vcpus);
    const struct plan_core *core =
        (const struct plan_core *)machine_array(&machine, machine.plan->cores) + 2;
    const uint32_t *list = machine_array(&machine, core->vcpus);
    const struct plan_slot *planned_slots = machine_array(&machine, core->slots);
    assert_true(core->policy == PLAN_POLICY_TIMETABLE && core->slice_ns == 11000 &&
                core->frame_ns == 9000);
    assert_string_equal(core->policy_name, "timetable");
    assert_true(core->policy_va == 0x7f80000000 + 0x31c0);
    assert_true(core->vcpus.count == 2 && list[0] == 1 && list[1] == 2);
    assert_true(core->slots.count == 4 && planned_slots[0].vcpu == 1 && planned_slots[2].vcpu == 0);
    assert_true(planned_slots[2].start_ns == 2000 && planned_slots[2].length_ns == 3000);
    assert_true(planned_slots[1].vcpu == PLAN_NONE && planned_slots[1].start_ns == 1000);
    assert_true(planned_slots[1].length_ns == 1000);
    assert_true(planned_slots[3].vcpu == PLAN_NONE && planned_slots[3].start_ns == 5000);
    assert_true(planned_slots[3].length_ns == 4000);
    /* On its shared CPU only, and a priority only under fixed-priority. */
    assert_true(vcpus[2].period_ns == 9000 && vcpus[2].budget_ns == 4000 && vcpus[2].priority == 0);
    assert_true(vcpus[2].interrupts == 6 && vcpus[2].interrupt_period_ns == 7000);
    assert_true(vcpus[3].period_ns == 0 && vcpus[3].budget_ns == 0 && vcpus[3].interrupts == 0);
    assert_int_equal(
        memcmp(&machine.plan->costs, &the_system.board.costs, sizeof(struct plan_costs)), 0);
    assert_int_equal(machine.plan->speculation, PLAN_SPECULATION_MITIGATE);
    machine_free(&machine);
}

static void test_vcpus_with_virtual_interrupts_are_numbered_from_0(void **state)
{
    (void)state;
    two_vms();
    the_system.vms[1].delivery = PLAN_DELIVERY_VIRTUAL;
    the_system.vms[1].affinity = PLAN_AFFINITY_VIRTUAL;
    compose_and_load(0);
    const struct plan_vcpu *vcpus = machine_array(&machine, machine.plan->vcpus);
    const struct info_page *info =
        (const struct info_page *)machine_at(&machine, planned(1)->info_pa);
    assert_true(vcpus[1].mpidr == 0 && vcpus[2].mpidr == 1);
    assert_true(info->vcpus[0].mpidr == 0 && info->vcpus[0].cpu == 3 && info->vcpus[1].mpidr == 1);
    machine_free(&machine);
}

static void test_the_cpu_that_starts_is_there_without_a_vm(void **state)
{
    (void)state;
    system_start(&the_system, 1 << 30);
    system_add_vm(&the_system, "only", 2, 2 * MB);
    compose_and_load(0);
    const struct plan_core *cores = machine_array(&machine, machine.plan->cores);
    assert_true(machine.plan->cpu_count == 2 && machine.plan->cpus[0].mpidr == 0 &&
                machine.plan->cpus[1].mpidr == 2);
    assert_true(cores[0].vcpus.count == 0 && cores[0].vcpus.offset == 0 &&
                cores[1].vcpus.count == 1);
    machine_free(&machine);
}

static void test_interrupts_go_to_their_owners_first_cpu(void **state)
{
    (void)state;
    two_vms();
    compose_and_load(0);
    const struct plan_gic *gic = &machine.plan->gic;
    assert_int_equal(planned(0)->intids[0], 0xffff | 1U << 23 | 1U << 27 | 1U << 30);
    assert_int_equal(planned(0)->intids[33 / 32], 1U << (33 % 32));
    assert_int_equal(planned(1)->intids[50 / 32], 1U << (50 % 32));
    assert_int_equal(gic->spi_cpu[33], 0);
    assert_int_equal(gic->spi_cpu[50], 2); /* the third of the plan is the board's CPU 3 */
    assert_int_equal(gic->spi_cpu[34], 0);
    assert_int_equal(gic->spi_owner[33], 1);
    assert_int_equal(gic->spi_owner[50], 2);
    assert_int_equal(gic->spi_owner[34], 0);
    assert_int_equal(gic->icfgr[50 / 16], 2U << (2 * (50 % 16)));
    assert_int_equal(gic->icfgr[34 / 16], 0); /* edge too, but nobody's */
    assert_int_equal(gic->intid_count, 288);
    machine_free(&machine);
}

static void test_regions_are_sorted_and_name_their_owner(void **state)
{
    (void)state;
    two_vms();
    compose_and_load(0);
    const struct plan_region *regions = machine_array(&machine, machine.plan->regions);
    const struct plan_memory *memory = machine_array(&machine, planned(1)->memory);
    for (size_t i = 1; i < machine.plan->regions.count; i++) {
        assert_true(regions[i - 1].pa + regions[i - 1].size <= regions[i].pa);
    }
    assert_int_equal(memory[1].ipa, 0x9020000);
    assert_int_equal(memory[1].size, 0x4000);
    assert_string_equal(regions[memory[1].region].name, "codec");
    assert_int_equal(regions[memory[1].region].owner, 1);
    assert_string_equal(regions[0].name, "gic distributor");
    assert_int_equal(regions[0].kind, PLAN_REGION_INTERRUPTS);
    machine_free(&machine);
}

/* The page of a GICv2's CPU interface that VM @vm has. */
static const struct plan_memory *interface_page(uint32_t vm)
{
    const struct plan_memory *memory = machine_array(&machine, planned(vm)->memory);

    for (uint32_t i = 0; i < planned(vm)->memory.count; i++) {
        if (memory[i].ipa == planned(vm)->gicc_ipa) {
            return &memory[i];
        }
    }
    fail_msg("vm %u has no CPU interface", vm);
    return NULL;
}

static void test_a_gicv2_gives_each_vm_one_page_of_it(void **state)
{
    (void)state;
    two_vms();
    system_take_gicv2(&the_system);
    the_system.vms[0].delivery = PLAN_DELIVERY_VIRTUAL;
    the_system.vms[1].delivery = PLAN_DELIVERY_DIRECT;
    compose_and_load(0);
    const struct plan *plan = machine.plan;
    const struct plan_region *regions = machine_array(&machine, plan->regions);
    assert_true(plan->gic.version == 2 && plan->gic.gicd_pa == 0x8001000 &&
                plan->gic.gicc_pa == 0x8002000);
    assert_true(plan->gic.gich_pa == 0x8004000 && plan->gic.gicv_pa == 0x8006000);
    /* the board's CPUs 0 and 3 */
    assert_true(plan->cpus[0].sgi0 == 0x80000 && plan->cpus[2].sgi0 == 0x10000);
    assert_true(plan->cpus[0].gicr_pa == 0 && planned(0)->gicr_ipa == 0);
    assert_true(planned(0)->gicd_ipa == 0x8001000 && planned(0)->gicc_ipa == 0x8002000);
    assert_int_equal(interface_page(0)->pa, 0x8006000);
    assert_string_equal(regions[interface_page(0)->region].name, "gic virtual cpu interface");
    assert_int_equal(interface_page(1)->pa, 0x8002000);
    assert_string_equal(regions[interface_page(1)->region].name, "gic cpu interface");
    for (uint32_t vm = 0; vm < 2; vm++) {
        assert_int_equal(interface_page(vm)->size, 0x1000);
        assert_int_equal(interface_page(vm)->flags,
                         PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE);
    }
    machine_free(&machine);
}

static void test_devices_in_one_page_have_one_owner(void **state)
{
    struct region_list regions;

    (void)state;
    two_vms();
    vm_take_device(&the_system, &the_system.vms[0], 1);
    assert_true(plan_list_regions(&the_system, &regions));
    assert_string_equal(regions.regions[3].name, "timer +1");
    assert_int_equal(regions.regions[3].owner, 0);
    vm_take_device(&the_system, &the_system.vms[1], 2);
    assert_false(plan_list_regions(&the_system, &regions));
    assert_mistake("shares a page with 'twin', which belongs to vm 'two'");
    the_system.board.devices[2].owner = PLAN_NONE;
    the_system.board.devices[2].dma = true;
    assert_false(plan_list_regions(&the_system, &regions));
    assert_mistake("can read and write all memory by itself");
    the_system.vms[0].dma_trusted = true;
    assert_true(plan_list_regions(&the_system, &regions));
    the_system.board.devices[2].interrupt_controller = true;
    assert_false(plan_list_regions(&the_system, &regions));
    assert_mistake("belongs to the interrupt controller");
}

static void test_the_info_page_describes_the_vm(void **state)
{
    (void)state;
    two_vms();
    compose_and_load(0xa5);
    const struct info_page *info =
        (const struct info_page *)machine_at(&machine, planned(1)->info_pa);
    assert_true(info->magic == INFO_MAGIC && info->version == INFO_VERSION && info->vm == 1);
    assert_string_equal(info->name, "two");
    assert_true(info->vcpu_count == 2 && info->vcpus[0].cpu == 3 && info->vcpus[1].mpidr == 2);
    assert_int_equal(info->channel_count, 0);
    assert_int_equal(machine_at(&machine, planned(1)->info_pa)[4095], 0);
    machine_free(&machine);
}

/* As the engine does it. */
static void restore(size_t vm)
{
    const struct plan_restore *steps = machine_array(&machine, planned(vm)->restore);

    for (size_t i = 0; i < planned(vm)->restore.count; i++) {
        assert_int_equal((steps[i].target_pa | steps[i].source_pa | steps[i].size) % 64, 0);
        if (steps[i].source_pa == 0) {
            memset(machine_at(&machine, steps[i].target_pa), 0, steps[i].size);
        } else {
            memcpy(machine_at(&machine, steps[i].target_pa),
                   machine_at(&machine, steps[i].source_pa), steps[i].size);
        }
    }
}

static void test_a_restart_begins_with_the_same_memory(void **state)
{
    const struct elf_segment parts[] = {
        {0x0, 0x0, 0x1234, 0x3000}, {0x4010, 0x4010, 0x77, 0x1000}, {0x6000, 0x6000, 0, 0x99}};

    (void)state;
    two_vms();
    the_system.vms[0].image = elf_file_of(ET_DYN, 0x10, parts, 3);
    the_system.vms[1].image = NULL;
    the_system.vms[1].kernel = linux_file_of(0x1000, 0x8000, 0x2345);
    the_system.vms[1].initrd = file_of("initrd", 6);
    the_system.vms[1].memory[1] =
        (struct vm_memory){.size = MB, .at = 0x10000000, .location = the_system.vms[1].location};
    the_system.vms[1].memory[2] = (struct vm_memory){.size = MB,
                                                     .at = 0x20000000,
                                                     .location = the_system.vms[1].location,
                                                     .rom = true,
                                                     .read_only = true,
                                                     .file = file_of("written once", 12)};
    the_system.vms[1].memory_count = 3;
    compose_and_load(0);
    assert_memory_equal(machine_at(&machine, layout.vms[1].ram[2].pa), "written once\0", 13);
    uint8_t *first = memory_new(1, machine.ram_size);
    memcpy(first, machine.ram, machine.ram_size);
    for (size_t vm = 0; vm < 2; vm++) {
        const struct vm_layout *own = &layout.vms[vm];
        uint64_t covered = 0;
        for (size_t i = 0; i < own->ram_count; i++) {
            memset(machine_at(&machine, own->ram[i].pa), 0xa5, own->ram[i].size);
        }
        restore(vm);
        assert_memory_equal(machine.ram, first, machine.ram_size);
        /* And no byte twice. */
        const struct plan_restore *steps = machine_array(&machine, planned(vm)->restore);
        for (size_t i = 0; i < planned(vm)->restore.count; i++) {
            covered += steps[i].size;
        }
        for (size_t i = 0; i < own->ram_count; i++) {
            covered -= own->ram[i].size;
        }
        assert_int_equal(covered, 0);
    }
    uint64_t dtb = layout.vms[1].dtb_ipa - layout.vms[1].ram[0].ipa + layout.vms[1].ram[0].pa;
    assert_string_equal(fdt_getprop(machine_at(&machine, dtb), 0, "model", NULL), "two");
    machine_free(&machine);
}

/* The system of two VMs, with all that can be between them. */
static void two_neighbours(void)
{
    static struct channel channels[2];
    struct source_location location = {"test.yaml", 7};

    two_vms();
    the_system.vms[0].delivery = PLAN_DELIVERY_VIRTUAL;
    the_system.vms[0].affinity = PLAN_AFFINITY_VIRTUAL;
    the_system.vms[0].manager = true;
    the_system.vms[1].watchdog_action = PLAN_WATCHDOG_STOP;
    the_system.vms[1].watchdog_period_ns = 20;
    the_system.vms[1].watchdog_first_ns = 30;
    the_system.vms[1].watcher = 0;
    the_system.vms[1].restart_limit = 4;
    the_system.vms[1].restart_period_ns = 50;
    the_system.vms[1].reload = 0x10000;
    the_system.vms[1].reload_location = location;
    channels[0] = (struct channel){
        location, "quiet", 0x3000, 0, {{location, 1, true, 287}, {location, 0, true, 286}}, 2};
    channels[1] = (struct channel){
        location, "loud", 0x1000, 70, {{location, 0, true, 285}, {location, 1, false, 284}}, 2};
    the_system.channels = channels;
    the_system.channel_count = 2;
    the_system.manager_intid = 283;
    the_system.engine_fault = PLAN_ENGINE_FAULT_RESET;
}

static const struct plan_memory *memory_at(size_t vm, uint64_t ipa)
{
    const struct plan_memory *memory = machine_array(&machine, planned(vm)->memory);

    for (size_t i = 0; i < planned(vm)->memory.count; i++) {
        if (memory[i].ipa == ipa) {
            return &memory[i];
        }
    }
    fail_msg("nothing at 0x%llx", (unsigned long long)ipa);
    return NULL;
}

static void test_channels_doorbells_and_peers_are_planned(void **state)
{
    (void)state;
    two_neighbours();
    compose_and_load(0xa5);
    const struct plan_channel *channels = machine_array(&machine, machine.plan->channels);
    const struct plan_member *members = machine_array(&machine, channels[1].members);
    const struct plan_doorbell *doorbells = machine_array(&machine, planned(1)->doorbells);
    const uint32_t *notify = machine_array(&machine, planned(1)->notify);
    assert_int_equal(machine.plan->channels.count, 2);
    assert_string_equal(channels[1].name, "loud");
    assert_true(members[0].vm == 0 && members[0].flags == 3 && members[0].intid == 285 &&
                members[0].doorbell == 1);
    assert_true(members[1].vm == 1 && members[1].flags == 1 && members[1].intid == 284 &&
                members[1].doorbell == 1);
    assert_int_equal(members[1].ipa, channels[1].pa); /* nothing else is there */
    assert_int_equal(memory_at(1, members[1].ipa)->flags, 1);
    assert_int_equal(memory_at(1, members[1].status)->pa, machine.plan->hypervisor.status_pa);
    assert_int_equal(memory_at(0, members[0].status)->pa,
                     machine.plan->hypervisor.status_pa + 0x1000);
    assert_int_equal(planned(1)->doorbells.count, 2);
    assert_true(doorbells[0].intid == 286 && doorbells[0].limiter == 0 &&
                doorbells[0].interval_ns == 0);
    assert_true(doorbells[1].intid == 285 && doorbells[1].limiter == 3 &&
                doorbells[1].interval_ns == 70);
    assert_true(planned(1)->notify.count == 2 && notify[0] == 286 && notify[1] == 285);
    for (uint64_t i = 0; i < channels[0].size; i++) {
        assert_int_equal(*machine_at(&machine, channels[0].pa + i), 0);
    }
    /* To the second VM's first CPU, the third of the plan; edge-triggered; its own. */
    const struct plan_gic *gic = &machine.plan->gic;
    assert_true(gic->spi_cpu[284] == 2 && gic->spi_cpu[285] == 0);
    assert_int_equal(gic->icfgr[284 / 16] >> 284 % 16 * 2 & 0xff, 0xaa);
    assert_int_equal(planned(1)->intids[284 / 32] >> (284 % 32), 1 | 1 << 3);
    machine_free(&machine);
}

static void test_the_info_page_describes_channels_and_watchdog(void **state)
{
    (void)state;
    two_neighbours();
    compose_and_load(0);
    const struct info_page *info =
        (const struct info_page *)machine_at(&machine, planned(1)->info_pa);
    const struct plan_channel *channels = machine_array(&machine, machine.plan->channels);
    const struct info_channel *loud = &info->channels[1];
    assert_int_equal(info->channel_count, 2);
    assert_true(info->channels[0].flags == INFO_CHANNEL_WRITE && info->channels[0].member == 0);
    assert_string_equal(loud->name, "loud");
    assert_true(loud->memory == channels[1].pa && loud->memory_size == 0x1000 &&
                loud->interval == 70);
    assert_true(loud->interrupt == 284 && loud->flags == 0 && loud->member == 1 &&
                loud->peer_count == 1);
    assert_string_equal(loud->peers[0].vm, "one");
    assert_true(loud->peers[0].number == 1 && loud->peers[0].member == 0);
    assert_int_equal(loud->peers[0].doorbell, planned(1)->doorbell_ipa + 0x1000);
    assert_int_equal(memory_at(1, loud->peers[0].status)->pa, machine.plan->hypervisor.status_pa);
    assert_true(info->watchdog == planned(1)->watchdog.page_ipa && info->watchdog_period == 20);
    machine_free(&machine);
}

static void test_who_watches_and_who_manages_is_planned(void **state)
{
    (void)state;
    two_neighbours();
    compose_and_load(0);
    const struct plan_hypervisor *hypervisor = &machine.plan->hypervisor;
    const struct plan_core *cores = machine_array(&machine, machine.plan->cores);
    const struct plan_watchdog *watchdog = &planned(1)->watchdog;
    uint64_t plan_pa = hypervisor->pa + hypervisor->text_size + hypervisor->rodata_size;
    size_t found = 0;
    assert_true(watchdog->action == PLAN_WATCHDOG_STOP && watchdog->period_ns == 20 &&
                watchdog->first_ns == 30);
    assert_int_equal(memory_at(1, watchdog->page_ipa)->pa, hypervisor->watchdog_pa + 0x1000);
    assert_true(cores[0].watched.count == 1 && cores[1].watched.count == 0);
    assert_int_equal(*(const uint32_t *)machine_array(&machine, cores[0].watched), 1);
    assert_true(planned(1)->restart_limit == 4 && planned(1)->restart_period_ns == 50);
    assert_int_equal(planned(1)->command_ipa, 0);
    assert_true(machine.plan->engine_fault == PLAN_ENGINE_FAULT_RESET &&
                machine.plan->manager_intid == 283);
    assert_true(machine.plan->gic.spi_owner[283] == 1 && machine.plan->gic.spi_cpu[283] == 0);
    assert_int_equal(machine.plan->gic.icfgr[283 / 16] >> 283 % 16 * 2 & 3, 2);
    assert_true(planned(0)->intids[283 / 32] >> 283 % 32 & 1);
    assert_int_equal(memory_at(0, planned(0)->command_ipa)->pa, hypervisor->manager_pa);
    const struct plan_memory *memory = machine_array(&machine, planned(0)->memory);
    for (size_t i = 0; i < planned(0)->memory.count; i++) {
        bool observed = memory[i].pa == hypervisor->status_pa && memory[i].size == 0x22000 &&
                        memory[i].flags == 1;
        bool plan = memory[i].pa == plan_pa &&
                    memory[i].size == (machine.plan->total_size + 4095) / 4096 * 4096;
        bool store = memory[i].pa == layout.stores.start && memory[i].size == 0x10000 &&
                     memory[i].flags == 3;
        found += observed || (plan && memory[i].flags == 1) || store ? 1 : 0;
    }
    assert_int_equal(found, 3);
    machine_free(&machine);
}

static void test_another_image_comes_with_a_restart(void **state)
{
    (void)state;
    two_neighbours();
    compose_and_load(0);
    const struct vm_layout *own = &layout.vms[1];
    uint64_t ram = own->ram[0].pa;
    uint8_t *first = memory_new(1, own->ram[0].size);
    memcpy(first, machine_at(&machine, ram), own->ram[0].size);
    memset(machine_at(&machine, ram), 0xa5, own->ram[0].size);
    restore(1);
    assert_memory_equal(machine_at(&machine, ram), first, own->ram[0].size);
    /* What the manager writes is where the image was, all of it, and nothing else has changed. */
    memset(machine_at(&machine, own->store.start), 0x77, own->store.size);
    restore(1);
    memset(first + (own->store_target_pa - ram), 0x77, 0x10000);
    assert_memory_equal(machine_at(&machine, ram), first, own->ram[0].size);
    assert_int_equal(own->store_target_pa, ram); /* a raw image's place */
    machine_free(&machine);
}

static void test_room_for_another_image_is_checked(void **state)
{
    (void)state;
    two_neighbours();
    the_system.vms[1].reload = 0x1000;
    assert_null(compose(&the_system, &layout));
    assert_mistake(
        "reload: 4 KB is not enough for what vm two loads today, whose image ends 8 KB behind");
    the_system.vms[1].reload = 8 * MB;
    assert_null(compose(&the_system, &layout));
    assert_mistake("reload: 8 MB from the image's start");
    the_system.vms[1].reload = 4 * MB;
    assert_null(compose(&the_system, &layout));
    assert_mistake("no room left for its device tree");
    the_system.vms[1].reload = MB;
    the_system.vms[1].memory[0].at = 0x10000000;
    the_system.vms[1].dtb_at = 0x10080000;
    assert_null(compose(&the_system, &layout));
    assert_mistake("overlaps the device tree at 0x10080000");
}

static void test_a_channel_that_finds_no_memory_is_refused(void **state)
{
    (void)state;
    two_neighbours();
    the_system.channels[1].size = 64 * MB;
    assert_null(compose(&the_system, &layout));
    assert_mistake("test.yaml:7: no contiguous 64 MB of RAM left for channel loud");
}

const struct CMUnitTest plan_tests[] = {
    cmocka_unit_test(test_the_plan_carries_its_checksums),
    cmocka_unit_test(test_cpus_are_those_of_the_vms),
    cmocka_unit_test(test_a_shared_core_lists_its_vcpus_and_slots),
    cmocka_unit_test(test_vcpus_with_virtual_interrupts_are_numbered_from_0),
    cmocka_unit_test(test_the_cpu_that_starts_is_there_without_a_vm),
    cmocka_unit_test(test_interrupts_go_to_their_owners_first_cpu),
    cmocka_unit_test(test_regions_are_sorted_and_name_their_owner),
    cmocka_unit_test(test_a_gicv2_gives_each_vm_one_page_of_it),
    cmocka_unit_test(test_devices_in_one_page_have_one_owner),
    cmocka_unit_test(test_the_info_page_describes_the_vm),
    cmocka_unit_test(test_a_restart_begins_with_the_same_memory),
    cmocka_unit_test(test_channels_doorbells_and_peers_are_planned),
    cmocka_unit_test(test_the_info_page_describes_channels_and_watchdog),
    cmocka_unit_test(test_who_watches_and_who_manages_is_planned),
    cmocka_unit_test(test_another_image_comes_with_a_restart),
    cmocka_unit_test(test_room_for_another_image_is_checked),
    cmocka_unit_test(test_a_channel_that_finds_no_memory_is_refused),
};
const size_t plan_test_count = sizeof(plan_tests) / sizeof(plan_tests[0]);
