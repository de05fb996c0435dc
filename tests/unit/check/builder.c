/* SPDX-License-Identifier: Apache-2.0 */
/* Makes small images for tests: the description of a sound system, and the ELF file. Tables:
 * builder_tables.c. */
#include "builder.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder_tables.h"
#include "el2_map.h"
#include "info.h"
#include "observe.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define READ_EXEC  (PLAN_MEMORY_READ | PLAN_MEMORY_EXEC)
#define ALL_RIGHTS (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_EXEC)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)

static const unsigned vm_of_cpu[CPUS] = {LINUX, LINUX, CONTROL};

void *builder_at(struct builder *builder, uint64_t pa)
{
    return builder->memory + (pa - RAM_START);
}

void builder_add_segment(struct builder *builder, uint64_t pa, uint64_t file_size, uint64_t size)
{
    builder->segments[builder->segment_count++] = (struct builder_segment){pa, file_size, size};
}

void builder_map_stage2(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa,
                        uint64_t size, uint32_t attributes)
{
    builder->stage2[vm][builder->stage2_count[vm]++] =
        (struct builder_mapping){ipa, pa, size, attributes};
}

void builder_map_el2(struct builder *builder, unsigned cpu, uint64_t va, uint64_t pa, uint64_t size,
                     uint32_t attributes)
{
    builder->el2[cpu][builder->el2_count[cpu]++] =
        (struct builder_mapping){va, pa, size, attributes};
}

struct builder_mapping *builder_el2_at(struct builder *builder, unsigned cpu, uint64_t va)
{
    for (size_t i = 0; i < builder->el2_count[cpu]; i++) {
        if (builder->el2[cpu][i].address == va) {
            return &builder->el2[cpu][i];
        }
    }
    abort();
}

void builder_give(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa, uint64_t size,
                  uint32_t flags, uint32_t region)
{
    builder->ranges[vm][builder->vms[vm].memory.count++] =
        (struct plan_memory){ipa, pa, size, flags, region};
    builder_map_stage2(builder, vm, ipa, pa, size, flags);
}

static void describe_machine(struct builder *builder)
{
    struct plan *head = &builder->head;
    head->magic = PLAN_MAGIC;
    head->version = PLAN_VERSION;
    head->head_size = PLAN_HEAD_SIZE;
    head->conduit = PLAN_CONDUIT_SMC;
    head->cpu_count = CPUS;
    builder->vcpu_count = CPUS;
    snprintf(head->board, sizeof(head->board), "test-board");
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        head->cpus[cpu] = (struct plan_cpu){.mpidr = cpu,
                                            .gicr_pa = GICR_PA + cpu * 0x20000,
                                            .percpu_pa = PERCPU_PA + cpu * PERCPU_SIZE,
                                            .sgi0 = 1U << cpu};
        builder->cores[cpu] = (struct plan_core){.number = cpu,
                                                 .vcpus.count = 1,
                                                 .slice_ns = 1000000,
                                                 .policy_va = EL2_BASE + TEXT_SIZE,
                                                 .policy_name = "dedicated"};
        builder->core_vcpus[cpu][0] = cpu;
        builder->vcpus[cpu] = (struct plan_vcpu){.mpidr = cpu, .vm = vm_of_cpu[cpu], .cpu = cpu};
    }
    head->hypervisor = (struct plan_hypervisor){.pa = TEXT_PA,
                                                .text_size = TEXT_SIZE,
                                                .rodata_size = RODATA_SIZE,
                                                .shared_pa = SHARED_PA,
                                                .shared_size = SHARED_SIZE,
                                                .percpu_size = PERCPU_SIZE,
                                                .log_pa = LOG_PA,
                                                .stats_pa = STATS_PA,
                                                .status_pa = STATUS_PA,
                                                .watchdog_pa = WATCHDOG_PA,
                                                .manager_pa = MANAGER_PA,
                                                .end_pa = BLOCK_END};
    head->gic = (struct plan_gic){.version = 3,
                                  .gicd_pa = GICD_PA,
                                  .intid_count = 128,
                                  .hypervisor_timer = 26,
                                  .maintenance = 25,
                                  .virtual_timer = 27};
    head->gic.icfgr[34 / 16] = 2U << (34 % 16 * 2);
    head->gic.spi_cpu[40] = 2;
    head->gic.spi_owner[33] = LINUX + 1;
    head->gic.spi_owner[34] = LINUX + 1;
    head->gic.spi_owner[40] = CONTROL + 1;
    builder->regions[REGION_GICD] =
        (struct plan_region){"intc", GICD_PA, 0x10000, PLAN_REGION_INTERRUPTS, PLAN_NONE};
    builder->regions[REGION_GICR] =
        (struct plan_region){"intc", GICR_PA, CPUS * 0x20000, PLAN_REGION_INTERRUPTS, PLAN_NONE};
    builder->regions[REGION_SERIAL0] =
        (struct plan_region){"serial0", SERIAL0_PA, 0x1000, PLAN_REGION_DEVICE, LINUX};
    builder->regions[REGION_RTC] =
        (struct plan_region){"rtc", RTC_PA, 0x1000, PLAN_REGION_DEVICE, PLAN_NONE};
    builder->regions[REGION_SERIAL1] =
        (struct plan_region){"serial1", SERIAL1_PA, 0x1000, PLAN_REGION_DEVICE, CONTROL};
    builder->regions[REGION_RAM] =
        (struct plan_region){"memory", RAM_START, RAM_SIZE, PLAN_REGION_RAM, PLAN_NONE};
    head->regions.count = 6;
}

static void describe_vm(struct builder *builder, unsigned vm, const char *name, uint64_t entry)
{
    struct plan_vm *plan_vm = &builder->vms[vm];
    snprintf(plan_vm->name, sizeof(plan_vm->name), "%s", name);
    plan_vm->level = vm == CONTROL ? PLAN_LEVEL_HARD : PLAN_LEVEL_BEST_EFFORT;
    plan_vm->first_vcpu = vm == CONTROL ? 2 : 0;
    plan_vm->vcpu_count = vm == CONTROL ? 1 : 2;
    plan_vm->entry_ipa = entry;
    plan_vm->dtb_ipa = entry + 0x1000;
    plan_vm->info_ipa = INFO_IPA;
    plan_vm->info_pa = INFO_PA + vm * PLAN_PAGE_SIZE;
    plan_vm->gicd_ipa = GICD_PA;
    plan_vm->gicr_ipa = GICR_PA;
    plan_vm->intids[0] = 0xffff | 1U << 23 | 1U << 27 | 1U << 30;
    builder_give(builder, vm, INFO_IPA, plan_vm->info_pa, PLAN_PAGE_SIZE, READ, PLAN_NONE);
}

static void describe_vms(struct builder *builder)
{
    describe_vm(builder, LINUX, "linux", LINUX_RAM);
    describe_vm(builder, CONTROL, "control", CONTROL_IPA);
    builder->vms[LINUX].intids[1] = 1U << (33 - 32) | 1U << (34 - 32);
    builder->vms[CONTROL].intids[1] = 1U << (40 - 32);
    builder_give(builder, LINUX, LINUX_RAM, LINUX_RAM, LINUX_RAM_SIZE, ALL_RIGHTS, PLAN_NONE);
    builder_give(builder, LINUX, SERIAL0_PA, SERIAL0_PA, 0x1000, DEVICE, REGION_SERIAL0);
    builder_give(builder, CONTROL, CONTROL_IPA, CONTROL_RAM, CONTROL_RAM_SIZE, ALL_RIGHTS,
                 PLAN_NONE);
    builder_give(builder, CONTROL, SERIAL1_PA, SERIAL1_PA, 0x1000, DEVICE, REGION_SERIAL1);
    builder->restores[LINUX][0] = (struct plan_restore){LINUX_RAM, COPIES_PA, LINUX_IMAGE_SIZE};
    builder->restores[LINUX][1] =
        (struct plan_restore){LINUX_RAM + LINUX_IMAGE_SIZE, 0, LINUX_RAM_SIZE - LINUX_IMAGE_SIZE};
    builder->restores[CONTROL][0] = (struct plan_restore){CONTROL_RAM + CONTROL_IMAGE_SIZE, 0,
                                                          CONTROL_RAM_SIZE - CONTROL_IMAGE_SIZE};
    builder->restores[CONTROL][1] =
        (struct plan_restore){CONTROL_RAM, COPIES_PA + 0x4000, CONTROL_IMAGE_SIZE};
    builder->vms[LINUX].restore.count = 2;
    builder->vms[CONTROL].restore.count = 2;
}

static void describe_el2(struct builder *builder, unsigned cpu)
{
    unsigned vm = vm_of_cpu[cpu];
    uint64_t ram = vm == LINUX ? LINUX_RAM : CONTROL_RAM;
    uint64_t copy = vm == LINUX ? COPIES_PA : COPIES_PA + 0x4000;
    builder_map_el2(builder, cpu, TEXT_PA, TEXT_PA, 0x1000, READ_EXEC);
    builder_map_el2(builder, cpu, EL2_BASE, TEXT_PA, TEXT_SIZE, READ_EXEC);
    builder_map_el2(builder, cpu, EL2_BASE + TEXT_SIZE, RODATA_PA, RODATA_SIZE + PLAN_ROOM, READ);
    builder_map_el2(builder, cpu, EL2_SHARED, SHARED_PA, SHARED_SIZE, READ_WRITE);
    builder_map_el2(builder, cpu, EL2_PERCPU, PERCPU_PA + cpu * PERCPU_SIZE, PERCPU_SIZE,
                    READ_WRITE);
    builder_map_el2(builder, cpu, EL2_GICD, GICD_PA, 0x10000, DEVICE);
    for (unsigned other = 0; other < CPUS; other++) {
        if (vm_of_cpu[other] == vm) {
            builder_map_el2(builder, cpu, EL2_GICR + other * EL2_GICR_STRIDE,
                            GICR_PA + other * 0x20000, 0x20000, DEVICE);
        }
    }
    /* the root's pa follows */
    builder_map_el2(builder, cpu, EL2_STAGE2_ROOT((uint64_t)vm), 0, 0x1000, READ_WRITE);
    builder_map_el2(builder, cpu, EL2_WINDOW + ram, ram,
                    vm == LINUX ? LINUX_RAM_SIZE : CONTROL_RAM_SIZE, READ_WRITE);
    builder_map_el2(builder, cpu, EL2_WINDOW + INFO_PA + vm * 0x1000, INFO_PA + vm * 0x1000, 0x1000,
                    READ_WRITE);
    builder_map_el2(builder, cpu, EL2_WINDOW + copy, copy,
                    vm == LINUX ? LINUX_IMAGE_SIZE : CONTROL_IMAGE_SIZE, READ);
}

/* A program of no sense in particular; the device tree is behind its first page. */
static void fill_image(struct builder *builder, uint64_t ram, uint64_t copy, uint64_t size,
                       uint8_t seed)
{
    uint8_t *bytes = builder_at(builder, ram);
    for (uint64_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 7 + seed);
    }
    memcpy(builder_at(builder, copy), bytes, size);
}

static void fill_info(struct builder *builder, unsigned vm)
{
    struct info_page *page = builder_at(builder, INFO_PA + vm * PLAN_PAGE_SIZE);
    page->magic = INFO_MAGIC;
    page->version = INFO_VERSION;
    page->vm = vm;
    memcpy(page->name, builder->vms[vm].name, sizeof(page->name));
    page->vcpu_count = builder->vms[vm].vcpu_count;
    for (unsigned i = 0; i < page->vcpu_count; i++) {
        const struct plan_vcpu *vcpu = &builder->vcpus[builder->vms[vm].first_vcpu + i];
        page->vcpus[i] = (struct info_vcpu){.mpidr = vcpu->mpidr, .cpu = vcpu->cpu};
    }
}

void builder_init(struct builder *builder)
{
    *builder = (struct builder){.entry = TEXT_PA, .next_table = TABLES_PA};
    builder->memory = calloc(1, RAM_SIZE);
    describe_machine(builder);
    describe_vms(builder);
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        describe_el2(builder, cpu);
    }
    memset(builder_at(builder, TEXT_PA), 0x1f, TEXT_SIZE);
    memset(builder_at(builder, RODATA_PA), 0x2e, RODATA_SIZE);
    fill_image(builder, LINUX_RAM, COPIES_PA, LINUX_IMAGE_SIZE, 1);
    fill_image(builder, CONTROL_RAM, COPIES_PA + 0x4000, CONTROL_IMAGE_SIZE, 2);
    fill_info(builder, LINUX);
    fill_info(builder, CONTROL);
    builder_add_segment(builder, TEXT_PA, TEXT_SIZE + RODATA_SIZE + PLAN_ROOM,
                        TEXT_SIZE + RODATA_SIZE + PLAN_ROOM);
    builder_add_segment(builder, SHARED_PA, 0, SHARED_SIZE);
    builder_add_segment(builder, PERCPU_PA, 0, CPUS * PERCPU_SIZE);
    builder_add_segment(builder, TABLES_PA, TABLES_SIZE, TABLES_SIZE);
    builder_add_segment(builder, INFO_PA, 0x2000, 0x2000);
    builder_add_segment(builder, COPIES_PA, COPIES_SIZE, COPIES_SIZE);
    builder_add_segment(builder, LINUX_RAM, LINUX_IMAGE_SIZE, LINUX_IMAGE_SIZE);
    builder_add_segment(builder, CONTROL_RAM, CONTROL_IMAGE_SIZE, CONTROL_IMAGE_SIZE + 0x1000);
}

struct plan *builder_plan(struct builder *builder)
{
    return builder_at(builder, PLAN_PA);
}

struct plan_vm *builder_plan_vm(struct builder *builder, unsigned vm)
{
    return (struct plan_vm *)((uint8_t *)builder_plan(builder) +
                              builder_plan(builder)->vms.offset) +
           vm;
}

static struct plan_array put_array(struct builder *builder, const void *elements, size_t size,
                                   uint32_t count)
{
    struct plan_array array = {.offset = builder->plan_used, .count = count};
    memcpy((uint8_t *)builder_plan(builder) + array.offset, elements, size * count);
    builder->plan_used += (uint32_t)((size * count + 7) / 8 * 8);
    return count != 0 ? array : (struct plan_array){0};
}

static void build_plan(struct builder *builder)
{
    struct plan *head = &builder->head;
    builder->plan_used = sizeof(*head);
    for (unsigned vm = 0; vm < VMS; vm++) {
        struct plan_vm *plan_vm = &builder->vms[vm];
        const uint64_t *root = builder_at(builder, plan_vm->stage2.root_pa);
        plan_vm->memory = put_array(builder, builder->ranges[vm], sizeof(builder->ranges[vm][0]),
                                    plan_vm->memory.count);
        plan_vm->restore = put_array(builder, builder->restores[vm],
                                     sizeof(builder->restores[vm][0]), plan_vm->restore.count);
        plan_vm->stage2.root = put_array(builder, root, sizeof(root[0]), 3);
        plan_vm->doorbells = put_array(builder, builder->doorbells[vm],
                                       sizeof(builder->doorbells[vm][0]), plan_vm->doorbells.count);
        plan_vm->firmware = put_array(builder, builder->firmware[vm],
                                      sizeof(builder->firmware[vm][0]), plan_vm->firmware.count);
        plan_vm->notify =
            put_array(builder, builder->notify[vm], sizeof(uint32_t), plan_vm->notify.count);
    }
    head->vms = put_array(builder, builder->vms, sizeof(builder->vms[0]), VMS);
    head->vcpus =
        put_array(builder, builder->vcpus, sizeof(builder->vcpus[0]), builder->vcpu_count);
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        struct plan_core *core = &builder->cores[cpu];
        core->vcpus =
            put_array(builder, builder->core_vcpus[cpu], sizeof(uint32_t), core->vcpus.count);
        core->slots = put_array(builder, builder->slots[cpu], sizeof(builder->slots[cpu][0]),
                                core->slots.count);
        core->watched =
            put_array(builder, builder->watched[cpu], sizeof(uint32_t), core->watched.count);
    }
    head->cores = put_array(builder, builder->cores, sizeof(builder->cores[0]), CPUS);
    head->regions =
        put_array(builder, builder->regions, sizeof(builder->regions[0]), head->regions.count);
    for (unsigned i = 0; i < head->channels.count; i++) {
        builder->channels[i].members =
            put_array(builder, builder->members[i], sizeof(builder->members[i][0]),
                      builder->channels[i].members.count);
    }
    head->channels =
        put_array(builder, builder->channels, sizeof(builder->channels[0]), head->channels.count);
    head->total_size = builder->plan_used;
    memcpy(builder_plan(builder), head, sizeof(*head));
}

void builder_build(struct builder *builder)
{
    for (unsigned vm = 0; vm < VMS; vm++) {
        struct plan_stage2 *stage2 = &builder->vms[vm].stage2;
        stage2->root_pa = builder_tables_stage2(builder, vm);
        stage2->vttbr = stage2->root_pa | (uint64_t)(vm + 1) << 48;
        /* PS 40 bits, 4 KB, inner shareable, write-back, start level 1, T0SZ 32 */
        stage2->vtcr = 0x80023560;
        builder_tree(builder, vm);
    }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        for (size_t i = 0; i < builder->el2_count[cpu]; i++) {
            struct builder_mapping *mapping = &builder->el2[cpu][i];
            if (mapping->address >= EL2_STAGE2_ROOTS && mapping->pa == 0) {
                mapping->pa =
                    builder->vms[(mapping->address - EL2_STAGE2_ROOTS) / 0x1000].stage2.root_pa;
            }
        }
        builder->head.cpus[cpu].stage1_root = builder_tables_el2(builder, cpu);
    }
    build_plan(builder);
}

static uint64_t checksum(const void *bytes, size_t size)
{
    uint64_t hash = PLAN_CHECKSUM_SEED;
    for (size_t i = 0; i < size / 8; i++) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)bytes + 8 * i, 8);
        hash = (hash ^ word) * PLAN_CHECKSUM_PRIME;
    }
    return hash;
}

void builder_put_checksums(struct builder *builder)
{
    struct plan *plan = builder_plan(builder);
    uint64_t size = plan->total_size <= PLAN_MAX_TESTED && plan->total_size > sizeof(*plan)
                        ? plan->total_size
                        : PLAN_ROOM;
    const uint8_t *bytes = (const uint8_t *)plan;
    plan->body_checksum = checksum(bytes + PLAN_HEAD_SIZE, size - PLAN_HEAD_SIZE);
    size_t start = offsetof(struct plan, total_size);
    plan->head_checksum = checksum(bytes + start, PLAN_HEAD_SIZE - start);
}

/* The note, then the segments' bytes, all behind the program headers. */
void builder_emit(struct builder *builder)
{
    static const uint8_t note[] = {7, 0, 0,   0,   8,   0,   0,   0,   1, 0,
                                   0, 0, 'N', 'a', 'g', 'a', 'y', 'a', 0, 0};
    if (!builder->keep_checksums) {
        builder_put_checksums(builder);
    }
    size_t note_at = sizeof(Elf64_Ehdr) + (builder->segment_count + 1) * sizeof(Elf64_Phdr);
    size_t size = note_at + sizeof(note) + 8;
    for (size_t i = 0; i < builder->segment_count; i++) {
        size += builder->segments[i].file_size;
    }
    builder->file = calloc(1, size);
    builder->file_size = size;
    Elf64_Ehdr header = {.e_type = ET_EXEC,
                         .e_machine = EM_AARCH64,
                         .e_version = EV_CURRENT,
                         .e_entry = builder->entry,
                         .e_phoff = sizeof(header),
                         .e_ehsize = sizeof(header),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = (uint16_t)(builder->segment_count + 1)};
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    memcpy(builder->file, &header, sizeof(header));
    Elf64_Phdr program = {.p_type = PT_NOTE, .p_offset = note_at, .p_filesz = sizeof(note) + 8};
    memcpy(builder->file + sizeof(header), &program, sizeof(program));
    memcpy(builder->file + note_at, note, sizeof(note));
    uint64_t plan_pa = PLAN_PA;
    memcpy(builder->file + note_at + sizeof(note), &plan_pa, sizeof(plan_pa));
    size_t at = note_at + sizeof(note) + 8;
    for (size_t i = 0; i < builder->segment_count; i++) {
        const struct builder_segment *segment = &builder->segments[i];
        program = (Elf64_Phdr){.p_type = PT_LOAD,
                               .p_offset = at,
                               .p_vaddr = segment->pa,
                               .p_paddr = segment->pa,
                               .p_filesz = segment->file_size,
                               .p_memsz = segment->size};
        memcpy(builder->file + sizeof(header) + (i + 1) * sizeof(program), &program,
               sizeof(program));
        if (segment->file_size != 0) {
            memcpy(builder->file + at, builder_at(builder, segment->pa), segment->file_size);
        }
        at += segment->file_size;
    }
}

void builder_free(struct builder *builder)
{
    free(builder->memory);
    free(builder->file);
}
