/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to stage 2: who reaches what. */
#include "corrupt.h"

#include "el2_map.h"

#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)

/* Gives a VM more RAM, with all that belongs to it, so that nothing else is wrong with it than
 * where it is. */
static void give_ram(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa)
{
    builder_give(builder, vm, ipa, pa, 0x1000, READ_WRITE, PLAN_NONE);
    builder->restores[vm][builder->vms[vm].restore.count++] = (struct plan_restore){pa, 0, 0x1000};
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        if (builder->vcpus[cpu].vm == vm) {
            builder_map_el2(builder, cpu, EL2_WINDOW + pa, pa, 0x1000, READ_WRITE);
        }
    }
}

static uint64_t *linux_descriptor(struct builder *builder, uint64_t ipa)
{
    return builder_descriptor(builder, builder->vms[LINUX].stage2.root_pa, ipa);
}

static void vtcr_of_64k_pages(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->stage2.vtcr |= 1 << 14;
}

static void vtcr_of_48_bits(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->stage2.vtcr |= 5 << 16;
}

static void vmid_of_another(struct builder *builder)
{
    builder_plan_vm(builder, CONTROL)->stage2.vttbr &= 0xffffffffffff;
    builder_plan_vm(builder, CONTROL)->stage2.vttbr |= (uint64_t)1 << 48;
}

/* Level 2 tables of both VMs for the first GB are alike as far as the info page and devices go,
 * so one is shared. */
static void table_shared(struct builder *builder)
{
    uint64_t *mine = builder_at(builder, builder->vms[LINUX].stage2.root_pa);
    const uint64_t *others = builder_at(builder, builder->vms[CONTROL].stage2.root_pa);
    mine[3] = others[2];
}

static void table_in_ram_of_a_vm(struct builder *builder)
{
    uint64_t *root = builder_at(builder, builder->vms[LINUX].stage2.root_pa);
    root[3] = (LINUX_RAM + LINUX_RAM_SIZE / 2) | 3;
}

static void table_that_contains_itself(struct builder *builder)
{
    uint64_t *root = builder_at(builder, builder->vms[LINUX].stage2.root_pa);
    root[3] = builder->vms[LINUX].stage2.root_pa | 3;
}

static void table_not_loaded(struct builder *builder)
{
    uint64_t *root = builder_at(builder, builder->vms[LINUX].stage2.root_pa);
    root[3] = 0x400e0000 | 3;
}

static void other_device_type(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) |= 3 << 2;
}

static void block_among_pages(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) &= ~(uint64_t)2;
}

static void shareability_reserved(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) |= 1 << 8;
}

static void planned_twice(struct builder *builder)
{
    builder->ranges[LINUX][builder->vms[LINUX].memory.count++] = builder->ranges[LINUX][2];
}

static void device_not_mapped(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) = 0;
}

static void access_flag_clear(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) &= ~((uint64_t)1 << 10);
}

static void reserved_bit(struct builder *builder)
{
    *linux_descriptor(builder, LINUX_RAM) |= (uint64_t)1 << 50;
}

static void output_beyond_40_bits(struct builder *builder)
{
    *linux_descriptor(builder, SERIAL0_PA) |= (uint64_t)1 << 41;
}

static void not_shareable(struct builder *builder)
{
    *linux_descriptor(builder, LINUX_RAM) &= ~((uint64_t)3 << 8);
}

static void root_has_more(struct builder *builder)
{
    uint64_t *root = builder_at(builder, builder->vms[LINUX].stage2.root_pa);
    root[300] = 2;
}

static void copy_has_more(struct builder *builder)
{
    struct plan_vm *vm = builder_plan_vm(builder, LINUX);
    uint64_t *copy = (uint64_t *)((uint8_t *)builder_plan(builder) + vm->stage2.root.offset);
    copy[2] = 0x1234;
}

static void ram_not_in_plan(struct builder *builder)
{
    builder_map_stage2(builder, LINUX, 0x60000000, 0x40d00000, 0x1000, READ_WRITE);
}

static void ram_not_mapped(struct builder *builder)
{
    *linux_descriptor(builder, LINUX_RAM + LINUX_RAM_SIZE / 2) = 0;
}

static void ram_elsewhere(struct builder *builder)
{
    *linux_descriptor(builder, LINUX_RAM + LINUX_RAM_SIZE / 2) += 0x400000;
}

static void info_page_wider(struct builder *builder)
{
    *linux_descriptor(builder, INFO_IPA) |= (uint64_t)1 << 7;
}

static void device_executable(struct builder *builder)
{
    builder->ranges[LINUX][2].flags |= PLAN_MEMORY_EXEC;
    builder->stage2[LINUX][2].attributes |= PLAN_MEMORY_EXEC;
}

static void device_as_ram(struct builder *builder)
{
    builder->vms[LINUX].memory.count--;
    builder->stage2_count[LINUX]--;
    give_ram(builder, LINUX, SERIAL0_PA, SERIAL0_PA);
}

static void ram_as_device(struct builder *builder)
{
    builder_give(builder, LINUX, 0x60000000, 0x40d00000, 0x1000, DEVICE, REGION_SERIAL0);
}

static void two_vms_share_a_page(struct builder *builder)
{
    give_ram(builder, CONTROL, 0x90000000, LINUX_RAM + 0x200000);
}

static void vm_reads_the_plan(struct builder *builder)
{
    builder_give(builder, LINUX, 0x60000000, PLAN_PA, 0x1000, PLAN_MEMORY_READ, PLAN_NONE);
}

static void vm_reads_the_info_page_of_another(struct builder *builder)
{
    builder_give(builder, LINUX, 0x60000000, INFO_PA + 0x1000, 0x1000, PLAN_MEMORY_READ, PLAN_NONE);
}

static void vm_reaches_the_distributor(struct builder *builder)
{
    builder_give(builder, LINUX, 0x60000000, GICD_PA, 0x1000, DEVICE, PLAN_NONE);
}

static void vm_reaches_a_redistributor_as_ram(struct builder *builder)
{
    give_ram(builder, LINUX, 0x60000000, GICR_PA + 0x20000);
}

static void ram_over_the_emulated_distributor(struct builder *builder)
{
    give_ram(builder, LINUX, GICD_PA, 0x40d00000);
}

static void device_of_nobody(struct builder *builder)
{
    builder_give(builder, LINUX, RTC_PA, RTC_PA, 0x1000, DEVICE, REGION_RTC);
}

static void device_of_another(struct builder *builder)
{
    builder->regions[REGION_SERIAL0].owner = CONTROL;
}

static void nothing_there(struct builder *builder)
{
    builder_give(builder, LINUX, 0x0b000000, 0x0b000000, 0x1000, DEVICE, REGION_SERIAL0);
}

static void page_with_two_devices(struct builder *builder)
{
    builder->regions[REGION_SERIAL0].size = 0x200;
    builder->regions[REGION_RTC].pa = SERIAL0_PA + 0x200;
    builder->regions[REGION_RTC].size = 0x200;
}

static void dma_to_elsewhere(struct builder *builder)
{
    builder->regions[REGION_SERIAL1].flags = PLAN_REGION_DMA;
}

static void beyond_the_boards_ram(struct builder *builder)
{
    give_ram(builder, LINUX, 0x60000000, RAM_START + RAM_SIZE);
}

static const struct damage damages[] = {
    IN_MEMORY("VTCR: 64 KB pages", vtcr_of_64k_pages, "memory.registers", "VTCR_EL2"),
    IN_MEMORY("VTCR: 48 bits of output", vtcr_of_48_bits, "memory.registers", "VTCR_EL2"),
    IN_MEMORY("VTTBR: VMID of another VM", vmid_of_another, "memory.registers", "VTTBR_EL2"),
    IN_MEMORY("stage 2: a table of two VMs", table_shared, "memory.tables memory.root memory.exact",
              "vm control"),
    IN_MEMORY("stage 2: table in RAM of a VM", table_in_ram_of_a_vm, "memory.tables memory.root",
              "outside"),
    IN_MEMORY("stage 2: table in a circle", table_that_contains_itself, "memory.tables memory.root",
              "already"),
    IN_MEMORY("stage 2: table not loaded", table_not_loaded, "memory.tables memory.root",
              "is not loaded"),
    IN_MEMORY("stage 2: other device type", other_device_type, "memory.descriptors",
              "nor Device-nGnRE"),
    IN_MEMORY("stage 2: block among pages", block_among_pages,
              "memory.descriptors memory.exact trees.devices", "table of pages"),
    IN_MEMORY("stage 2: shareability", shareability_reserved, "memory.descriptors",
              "shareability is reserved"),
    DESCRIBED("stage 2: planned twice", planned_twice, "memory.exact",
              "two ranges at ipa 0x9000000"),
    IN_MEMORY("stage 2: device not mapped", device_not_mapped, "memory.exact trees.devices",
              "does not map ipa 0x9000000"),
    IN_MEMORY("stage 2: access flag", access_flag_clear, "memory.descriptors", "access flag"),
    IN_MEMORY("stage 2: reserved bit", reserved_bit, "memory.descriptors", "reserved"),
    IN_MEMORY("stage 2: beyond 40 bits", output_beyond_40_bits,
              "memory.descriptors memory.exact memory.devices", "beyond 40 bits"),
    IN_MEMORY("stage 2: not shareable", not_shareable, "memory.descriptors", "shareable"),
    IN_MEMORY("stage 2: root has more than its copy", root_has_more, "memory.root", "entry 300"),
    IN_MEMORY("stage 2: copy has more than the root", copy_has_more, "memory.root", "0x1234"),
    DESCRIBED("stage 2: more than the plan", ram_not_in_plan, "memory.exact", "ipa 0x60000000"),
    IN_MEMORY("stage 2: less than the plan", ram_not_mapped, "memory.exact",
              "0x40400000-0x405fffff"),
    IN_MEMORY("stage 2: other than the plan", ram_elsewhere, "memory.exact memory.disjoint",
              "the plan says"),
    IN_MEMORY("stage 2: wider than the plan", info_page_wider, "memory.exact memory.hypervisor",
              "RW-"),
    DESCRIBED("device executable", device_executable, "memory.kinds", "can execute the device"),
    DESCRIBED("device as RAM", device_as_ram, "memory.kinds trees.machine trees.devices",
              "mapped as RAM"),
    DESCRIBED("RAM as device", ram_as_device, "memory.kinds", "mapped as a device"),
    DESCRIBED("two VMs share a page", two_vms_share_a_page, "memory.kinds memory.disjoint",
              "vm linux and vm control both reach"),
    DESCRIBED("a VM reads the plan", vm_reads_the_plan, "manager.pages", "plan"),
    DESCRIBED("a VM reads another's info page", vm_reads_the_info_page_of_another,
              "memory.kinds memory.disjoint memory.hypervisor hypervisor.window restore.cover "
              "trees.machine",
              "info page of vm control"),
    DESCRIBED("a VM reaches the distributor", vm_reaches_the_distributor,
              "memory.kinds memory.interrupts", "intc"),
    DESCRIBED("a VM reaches a redistributor as RAM", vm_reaches_a_redistributor_as_ram,
              "memory.kinds memory.interrupts trees.machine", "intc at 0x80c0000"),
    DESCRIBED("RAM in place of the emulated distributor", ram_over_the_emulated_distributor,
              "memory.kinds memory.interrupts", "over its emulated"),
    DESCRIBED("device of nobody", device_of_nobody, "memory.kinds memory.devices", "rtc"),
    DESCRIBED("device of another VM", device_of_another, "memory.kinds memory.devices", "serial0"),
    DESCRIBED("no device there", nothing_there, "memory.kinds memory.devices",
              "no device of its own"),
    DESCRIBED("two devices in one page", page_with_two_devices, "memory.devices", "rtc"),
    DESCRIBED("DMA where RAM is elsewhere", dma_to_elsewhere, "memory.dma",
              "vm control: device serial1 does DMA"),
    DESCRIBED("memory beyond the board's", beyond_the_boards_ram, "memory.kinds memory.ram",
              "0x41000000"),
};
const struct damages damages_memory = DAMAGES(damages);
