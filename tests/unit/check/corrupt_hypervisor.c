/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to the hypervisor's own memory and to what its CPUs map. */
#include "corrupt.h"

#include "el2_map.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define READ_EXEC  (PLAN_MEMORY_READ | PLAN_MEMORY_EXEC)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)

static uint64_t *descriptor(struct builder *builder, unsigned cpu, uint64_t va)
{
    return builder_descriptor(builder, builder->head.cpus[cpu].stage1_root, va);
}

static void parts_overlap(struct builder *builder)
{
    builder->head.cpus[1].percpu_pa = PERCPU_PA;
    builder_el2_at(builder, 1, EL2_PERCPU)->pa = PERCPU_PA;
}

static void part_outside(struct builder *builder)
{
    builder->head.hypervisor.end_pa = COPIES_PA + 0x5000;
}

static void block_begins_before_ram(struct builder *builder)
{
    builder->regions[REGION_RAM].pa += 0x1000;
    builder->regions[REGION_RAM].size -= 0x1000;
}

static void plan_elsewhere(struct builder *builder)
{
    builder->head.hypervisor.text_size -= 0x1000;
}

static void counters_elsewhere(struct builder *builder)
{
    builder->head.hypervisor.stats_pa = PERCPU_PA;
}

static void rodata_not_loaded(struct builder *builder)
{
    builder->segments[0].size = TEXT_SIZE;
    builder->segments[0].file_size = TEXT_SIZE;
    builder_add_segment(builder, PLAN_PA, PLAN_ROOM, PLAN_ROOM);
}

static void percpu_not_loaded(struct builder *builder)
{
    builder->segments[2].size -= 0x1000;
}

static void log_elsewhere(struct builder *builder)
{
    builder->head.hypervisor.log_pa = PERCPU_PA;
}

static void text_not_loaded(struct builder *builder)
{
    builder->segments[0].pa += 0x1000;
    builder->segments[0].size -= 0x1000;
    builder->segments[0].file_size -= 0x1000;
}

static void data_not_zero(struct builder *builder)
{
    *(uint8_t *)builder_at(builder, SHARED_PA + 100) = 1;
    builder->segments[1].file_size = builder->segments[1].size;
}

static void table_of_another_cpu(struct builder *builder)
{
    uint64_t *mine = builder_at(builder, builder->head.cpus[0].stage1_root);
    const uint64_t *others = builder_at(builder, builder->head.cpus[1].stage1_root);
    mine[20] = others[510];
}

static void own_tables_writable(struct builder *builder)
{
    builder_map_el2(builder, 1, EL2_WINDOW + TABLES_PA, TABLES_PA, 0x1000, READ_WRITE);
}

static void reserved_bit(struct builder *builder)
{
    *descriptor(builder, 1, EL2_SHARED) |= (uint64_t)1 << 51;
}

static void other_memory_type(struct builder *builder)
{
    *descriptor(builder, 1, EL2_SHARED) |= 4 << 2;
}

static void not_shareable(struct builder *builder)
{
    *descriptor(builder, 1, EL2_SHARED) &= ~((uint64_t)3 << 8);
}

static void privilege_bit_clear(struct builder *builder)
{
    *descriptor(builder, 1, EL2_SHARED) &= ~((uint64_t)1 << 6);
}

static void text_writable(struct builder *builder)
{
    builder_el2_at(builder, 1, EL2_BASE)->attributes |= PLAN_MEMORY_WRITE;
}

static void text_writable_elsewhere(struct builder *builder)
{
    builder_map_el2(builder, 2, EL2_WINDOW + TEXT_PA, TEXT_PA, 0x1000, READ_WRITE);
}

static void data_executable(struct builder *builder)
{
    builder_el2_at(builder, 0, EL2_PERCPU)->attributes |= PLAN_MEMORY_EXEC;
}

static void guest_memory_executable(struct builder *builder)
{
    builder_map_el2(builder, 0, LINUX_RAM, LINUX_RAM, 0x1000, READ_EXEC);
    builder_el2_at(builder, 0, EL2_WINDOW + LINUX_RAM)->attributes = READ;
    builder_el2_at(builder, 1, EL2_WINDOW + LINUX_RAM)->attributes = READ;
}

static void text_incomplete(struct builder *builder)
{
    *descriptor(builder, 1, EL2_BASE + 0x1000) = 0;
}

static void no_boot_page(struct builder *builder)
{
    *descriptor(builder, 1, TEXT_PA) = 0;
}

static void plan_writable(struct builder *builder)
{
    builder_el2_at(builder, 2, EL2_BASE + TEXT_SIZE)->attributes |= PLAN_MEMORY_WRITE;
}

static void data_of_another_cpu(struct builder *builder)
{
    builder_el2_at(builder, 1, EL2_PERCPU)->pa = PERCPU_PA;
}

static void stack_guard_mapped(struct builder *builder)
{
    builder_map_el2(builder, 1, EL2_PERCPU - 0x1000, 0x400f0000, 0x1000, READ_WRITE);
}

static void ram_of_another_vm(struct builder *builder)
{
    builder_map_el2(builder, 2, EL2_WINDOW + LINUX_RAM, LINUX_RAM, LINUX_RAM_SIZE, READ_WRITE);
}

static void copy_writable(struct builder *builder)
{
    builder_el2_at(builder, 2, EL2_WINDOW + COPIES_PA + 0x4000)->attributes = READ_WRITE;
}

static void ram_not_in_window(struct builder *builder)
{
    *descriptor(builder, 0, EL2_WINDOW + LINUX_RAM) = 0;
}

static void redistributor_of_another_vm(struct builder *builder)
{
    builder_map_el2(builder, 0, EL2_GICR + 2 * EL2_GICR_STRIDE, GICR_PA + 2 * 0x20000, 0x20000,
                    DEVICE);
}

static void distributor_as_memory(struct builder *builder)
{
    builder_el2_at(builder, 0, EL2_GICD)->attributes = READ_WRITE;
}

static void redistributor_elsewhere(struct builder *builder)
{
    builder->head.cpus[2].gicr_pa = SERIAL0_PA;
    builder_el2_at(builder, 2, EL2_GICR + 2 * EL2_GICR_STRIDE)->pa = SERIAL0_PA;
}

static void redistributor_of_two(struct builder *builder)
{
    builder->head.cpus[2].gicr_pa = GICR_PA;
    builder_el2_at(builder, 2, EL2_GICR + 2 * EL2_GICR_STRIDE)->pa = GICR_PA;
}

static void distributor_elsewhere(struct builder *builder)
{
    builder->head.gic.gicd_pa = RTC_PA;
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        builder_el2_at(builder, cpu, EL2_GICD)->pa = RTC_PA;
    }
}

static void console_in_ram(struct builder *builder)
{
    builder->head.console = (struct plan_console){.pa = LINUX_RAM, .present = 1};
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        builder_map_el2(builder, cpu, EL2_CONSOLE, LINUX_RAM, 0x1000, DEVICE);
    }
}

static void console_without_need(struct builder *builder)
{
    builder_map_el2(builder, 0, EL2_CONSOLE, SERIAL0_PA, 0x1000, DEVICE);
}

static void root_of_another_vm_behind_own(struct builder *builder)
{
    uint64_t root = builder->vms[LINUX].stage2.root_pa;
    uint64_t *entry = descriptor(builder, 2, EL2_STAGE2_ROOT(CONTROL));
    *entry = (*entry & ~(uint64_t)0xfffffffff000) | root;
}

static void move_root(struct builder *builder)
{
    uint64_t *from = descriptor(builder, 2, EL2_STAGE2_ROOT(CONTROL));
    uint64_t *to = descriptor(builder, 2, EL2_STAGE2_ROOT(LINUX));
    *to = *from;
    *from = 0;
}

static const struct damage damages[] = {
    DESCRIBED("hypervisor: parts overlap", parts_overlap, "hypervisor.block", "data of cpu 1"),
    DESCRIBED("hypervisor: part outside the block", part_outside,
              "image.ram hypervisor.block restore.source", "pristine copy of vm control"),
    DESCRIBED("hypervisor: log outside shared data", log_elsewhere, "hypervisor.block",
              "log rings"),
    DESCRIBED("hypervisor: block without RAM", block_begins_before_ram,
              "image.ram hypervisor.block", "no RAM at 0x40000000"),
    DESCRIBED("hypervisor: plan elsewhere", plan_elsewhere,
              "hypervisor.block hypervisor.readonly cpus.policy", "does not follow"),
    DESCRIBED("hypervisor: counters outside shared data", counters_elsewhere, "hypervisor.block",
              "the counters"),
    DESCRIBED("hypervisor: read-only data not loaded", rodata_not_loaded, "hypervisor.loaded",
              "read-only data"),
    DESCRIBED("hypervisor: a CPU's data not loaded", percpu_not_loaded, "hypervisor.loaded",
              "the data of cpu 2"),
    DESCRIBED("hypervisor: text not loaded", text_not_loaded, "hypervisor.loaded", "text"),
    DESCRIBED("hypervisor: data not zero", data_not_zero, "hypervisor.loaded", "0x40010064"),
    IN_MEMORY("EL2: table of two CPUs", table_of_another_cpu,
              "hypervisor.tables hypervisor.text hypervisor.readonly hypervisor.data",
              "already a table"),
    DESCRIBED("EL2: tables writable", own_tables_writable, "hypervisor.tables hypervisor.window",
              "can write the table"),
    IN_MEMORY("EL2: reserved bit", reserved_bit, "hypervisor.descriptors", "reserved"),
    IN_MEMORY("EL2: memory type without meaning", other_memory_type,
              "hypervisor.descriptors hypervisor.data", "MAIR_EL2"),
    IN_MEMORY("EL2: not shareable", not_shareable, "hypervisor.descriptors", "not inner shareable"),
    IN_MEMORY("EL2: AP[1]", privilege_bit_clear, "hypervisor.descriptors", "AP[1]"),
    DESCRIBED("EL2: text writable", text_writable,
              "hypervisor.wx hypervisor.text hypervisor.readonly", "which a CPU can write"),
    DESCRIBED("EL2: text writable elsewhere", text_writable_elsewhere,
              "hypervisor.wx hypervisor.readonly hypervisor.window",
              "0x40000000 (text) can be written"),
    DESCRIBED("EL2: data executable", data_executable, "hypervisor.wx hypervisor.data",
              "cpu 0 can execute 0x40050000"),
    DESCRIBED("EL2: guest memory executable", guest_memory_executable,
              "hypervisor.text hypervisor.window", "nothing belongs at va 0x40400000"),
    IN_MEMORY("EL2: text incomplete", text_incomplete, "hypervisor.text", "not mapped whole"),
    IN_MEMORY("EL2: no boot page", no_boot_page, "hypervisor.text", "at its own address"),
    DESCRIBED("EL2: plan writable", plan_writable, "hypervisor.readonly",
              "(read-only data and plan) is mapped RW-, not R--"),
    DESCRIBED("EL2: data of another CPU", data_of_another_cpu, "hypervisor.data", "data of cpu 0"),
    DESCRIBED("EL2: stack guard mapped", stack_guard_mapped, "hypervisor.data",
              "nothing belongs at va 0x7f800bf000"),
    DESCRIBED("EL2: RAM of another VM", ram_of_another_vm, "hypervisor.window", "RAM of vm linux"),
    DESCRIBED("EL2: copy writable", copy_writable, "hypervisor.window", "pristine copy"),
    IN_MEMORY("EL2: RAM not in the window", ram_not_in_window, "hypervisor.window",
              "not mapped whole"),
    DESCRIBED("EL2: redistributor of another VM", redistributor_of_another_vm, "hypervisor.devices",
              "intc"),
    DESCRIBED("EL2: distributor as memory", distributor_as_memory, "hypervisor.devices",
              "distributor"),
    DESCRIBED("EL2: redistributor elsewhere", redistributor_elsewhere,
              "memory.interrupts hypervisor.devices", "no redistributor at 0x9000000"),
    DESCRIBED("EL2: redistributor of two CPUs", redistributor_of_two, "hypervisor.devices",
              "cpu 0 and cpu 2 have one redistributor"),
    DESCRIBED("EL2: distributor elsewhere", distributor_elsewhere, "hypervisor.devices",
              "no distributor at 0x9010000"),
    DESCRIBED("EL2: console in RAM", console_in_ram, "hypervisor.devices",
              "no device for the console at 0x40400000"),
    DESCRIBED("EL2: console without need", console_without_need, "hypervisor.devices", "serial0"),
    IN_MEMORY("EL2: root where another's belongs", move_root, "hypervisor.tables hypervisor.roots",
              "nothing belongs at va 0x7fc3000000"),
    IN_MEMORY("EL2: root of another VM", root_of_another_vm_behind_own,
              "hypervisor.tables hypervisor.roots", "stage-2 table of vm linux"),
};
const struct damages damages_hypervisor = DAMAGES(damages);
