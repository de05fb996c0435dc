/* SPDX-License-Identifier: Apache-2.0 */
/* Each field of the plan beyond its limits, and each that is to be zero not zero. */
#include "corrupt.h"

#include <string.h>

#include "el2_map.h"
#include "info.h"

#define HYPERVISOR (builder->head.hypervisor)
#define CPU        (builder->head.cpus[1])
#define CONSOLE    (builder->head.console)
#define GIC        (builder->head.gic)
#define VM         (builder->vms[CONTROL])

/* A console that is there. */
#define UART(...) ((struct plan_console){.present = 1, __VA_ARGS__})

/* Name of the test, what is done to the description, what is said. */
#define LIMITS(LIMIT)                                                                              \
    LIMIT(conduit_unknown, builder->head.conduit = 3, "plan: conduit")                             \
    LIMIT(conduit_missing, builder->head.conduit = 0, "plan: conduit")                             \
    LIMIT(board_without_name, builder->head.board[0] = 0, "plan: name")                            \
    LIMIT(hypervisor_without_end, HYPERVISOR.end_pa = HYPERVISOR.pa, "hypervisor: end_pa")         \
    LIMIT(hypervisor_not_a_page, HYPERVISOR.pa += 64, "hypervisor: pa")                            \
    LIMIT(hypervisor_too_high, HYPERVISOR.pa = EL2_WINDOW_SIZE;                                    \
          HYPERVISOR.end_pa = PA_TOO_HIGH, "hypervisor: pa")                                       \
    LIMIT(text_too_large, HYPERVISOR.text_size = 0x400000, "hypervisor: text_size")                \
    LIMIT(rodata_too_large, HYPERVISOR.rodata_size = 0x400000, "hypervisor: rodata_size")          \
    LIMIT(shared_not_a_page, HYPERVISOR.shared_pa += 8, "hypervisor: shared_pa")                   \
    LIMIT(shared_too_large, HYPERVISOR.shared_size = 0x200000, "hypervisor: shared_size")          \
    LIMIT(percpu_empty, HYPERVISOR.percpu_size = 0, "hypervisor: percpu_size")                     \
    LIMIT(log_not_aligned, HYPERVISOR.log_pa += 4, "hypervisor: log_pa")                           \
    LIMIT(stats_not_aligned, HYPERVISOR.stats_pa += 4, "hypervisor: stats_pa")                     \
    LIMIT(cpu_mpidr, CPU.mpidr |= 1U << 31, "cpu 1: mpidr")                                        \
    LIMIT(cpu_gicr, CPU.gicr_pa += 0x1000, "cpu 1: gicr_pa")                                       \
    LIMIT(cpu_percpu, CPU.percpu_pa += 8, "cpu 1: percpu_pa")                                      \
    LIMIT(console_present, CONSOLE.present = 2, "console: present")                                \
    LIMIT(console_pa, CONSOLE = UART(.pa = 8), "console: pa")                                      \
    LIMIT(console_data, CONSOLE = UART(.data_offset = 0x1000), "console: data_offset")             \
    LIMIT(console_status, CONSOLE = UART(.status_offset = 0x1000), "console: status_offset")       \
    LIMIT(gicd, GIC.gicd_pa += 0x1000, "gic: gicd_pa")                                             \
    LIMIT(gic_count, GIC.intid_count = 1056, "gic: intid_count")                                   \
    LIMIT(gic_owner, GIC.spi_owner[77] = 9, "gic: spi_owner")                                      \
    LIMIT(gic_icfgr, GIC.icfgr[2] |= 1, "gic: icfgr")                                              \
    LIMIT(engine_fault, builder->head.engine_fault = 2, "plan: engine_fault")                      \
    LIMIT(reset_by_nobody, builder->head.engine_fault = 1;                                         \
          builder->head.conduit = PLAN_CONDUIT_HVC,                                                \
          "plan: engine_fault, which the firmware can't do")                                       \
    LIMIT(manager_by_a_ppi, builder->head.manager_intid = 27, "gic: manager_intid")                \
    LIMIT(manager_beyond, builder->head.manager_intid = 128, "gic: manager_intid")                 \
    LIMIT(vm_level, VM.level = 3, "vm 1: level")                                                   \
    LIMIT(vm_delivery, VM.delivery = 3, "vm 1: delivery")                                          \
    LIMIT(vm_fault_action, VM.fault_action = 3, "vm 1: fault_action")                              \
    LIMIT(vm_first_vcpu, VM.first_vcpu = 3, "vm 1: first_vcpu")                                    \
    LIMIT(vm_no_vcpu, VM.vcpu_count = 0, "vm 1: vcpu_count")                                       \
    LIMIT(vm_entry, VM.entry_ipa += 2, "vm 1: entry_ipa")                                          \
    LIMIT(vm_dtb, VM.dtb_ipa += 4, "vm 1: dtb_ipa")                                                \
    LIMIT(vm_info_ipa, VM.info_ipa += 8, "vm 1: info_ipa")                                         \
    LIMIT(vm_info_pa, VM.info_pa += 8, "vm 1: info_pa")                                            \
    LIMIT(vm_gicd, VM.gicd_ipa += 0x1000, "vm 1: gicd_ipa")                                        \
    LIMIT(vm_gicr, VM.gicr_ipa += 0x1000, "vm 1: gicr_ipa")                                        \
    LIMIT(memory_pa, builder->ranges[CONTROL][1].pa = EL2_WINDOW_SIZE, "memory 1: pa")             \
    LIMIT(memory_flags, builder->ranges[CONTROL][1].flags = 32 | 1, "memory 1: flags")             \
    LIMIT(device_as_rom, builder->ranges[LINUX][2].flags |= PLAN_MEMORY_ROM, "memory 2: flags")    \
    LIMIT(memory_not_readable, builder->ranges[CONTROL][1].flags = PLAN_MEMORY_WRITE,              \
          "memory 1: flags")                                                                       \
    LIMIT(restore_source, builder->restores[CONTROL][1].source_pa += 8, "restore 1: source_pa")    \
    LIMIT(region_without_name, builder->regions[REGION_RTC].name[0] = 0, "region 3: name")         \
    LIMIT(region_empty, builder->regions[REGION_RTC].size = 0, "region 3: pa")                     \
    LIMIT(region_kind, builder->regions[REGION_RTC].kind = 3, "region 3: kind")                    \
    LIMIT(region_flags, builder->regions[REGION_RTC].flags = 2, "region 3: flags")                 \
    LIMIT(vcpu_mpidr, builder->vcpus[1].mpidr |= (uint64_t)1 << 40, "vcpu 1: mpidr")

/* The same for what must be zero. */
#define UNUSED(LIMIT)                                                                              \
    LIMIT(icfgr_of_sgis, GIC.icfgr[0] = 2, "gic.icfgr 0")                                          \
    LIMIT(icfgr_beyond, GIC.icfgr[10] = 2, "gic.icfgr 8")                                          \
    LIMIT(target_of_a_ppi, GIC.spi_cpu[27] = 1, "gic.spi_cpu 0")                                   \
    LIMIT(owner_of_a_ppi, GIC.spi_owner[27] = 1, "gic.spi_owner 0")                                \
    LIMIT(owner_beyond, GIC.spi_owner[130] = 1, "gic.spi_owner 128")                               \
    LIMIT(target_beyond, GIC.spi_cpu[130] = 1, "gic.spi_cpu 128")                                  \
    LIMIT(end_of_boards_name, builder->head.board[30] = 'x', "board 0")                            \
    LIMIT(end_of_a_vms_name, name_ends_with_more(builder), "name of vm 1")                         \
    LIMIT(reserved_of_a_region, builder->regions[REGION_RTC].reserved = 1,                         \
          "reserved word of region 3")

static void name_ends_with_more(struct builder *builder)
{
    struct info_page *info = builder_at(builder, INFO_PA + CONTROL * PLAN_PAGE_SIZE);
    VM.name[PLAN_NAME_SIZE - 2] = 'x';
    memcpy(info->name, VM.name, PLAN_NAME_SIZE);
}

#define PA_TOO_HIGH (EL2_WINDOW_SIZE + 0x100000)

#define LIMIT_STEP(called, step, message)                                                          \
    static void called(struct builder *builder)                                                    \
    {                                                                                              \
        step;                                                                                      \
    }
LIMITS(LIMIT_STEP)
UNUSED(LIMIT_STEP)

#define LIMIT_DAMAGE(called, step, message)                                                        \
    DESCRIBED("limit: " #called, called, "plan.fields", message),
#define UNUSED_DAMAGE(called, step, message)                                                       \
    DESCRIBED("unused: " #called, called, "plan.unused", message),

static void stage1_root_not_a_page(struct builder *builder)
{
    builder_plan(builder)->cpus[1].stage1_root += 8;
}

static void stage2_root_not_a_page(struct builder *builder)
{
    builder_plan_vm(builder, CONTROL)->stage2.root_pa += 8;
}

static void root_copy_too_long(struct builder *builder)
{
    builder_plan(builder)->total_size = PLAN_MAX_TESTED;
    builder_plan_vm(builder, CONTROL)->stage2.root =
        (struct plan_array){.offset = PLAN_ROOM, .count = 513};
    builder_add_segment(builder, PLAN_PA + PLAN_ROOM, PLAN_MAX_TESTED - PLAN_ROOM,
                        PLAN_MAX_TESTED - PLAN_ROOM);
}

static void no_vms(struct builder *builder)
{
    builder_plan(builder)->vms.count = 0;
}

static void no_vcpus(struct builder *builder)
{
    builder_plan(builder)->vcpus.count = 0;
}

/* Leaves an array's place in the plan, but neither elements nor bytes. */
static void empty_array(struct builder *builder, struct plan_array *array, size_t element)
{
    memset((uint8_t *)builder_plan(builder) + array->offset, 0, array->count * element);
    array->count = 0;
}

static void offset_of_no_memory(struct builder *builder)
{
    empty_array(builder, &builder_plan_vm(builder, CONTROL)->memory, sizeof(struct plan_memory));
}

static void offset_of_no_restore(struct builder *builder)
{
    empty_array(builder, &builder_plan_vm(builder, CONTROL)->restore, sizeof(struct plan_restore));
}

static const struct damage damages[] = {
    LIMITS(LIMIT_DAMAGE) UNUSED(UNUSED_DAMAGE)
        IN_MEMORY("limit: stage1_root_not_a_page", stage1_root_not_a_page, "plan.fields",
                  "cpu 1: stage1_root"),
    IN_MEMORY("limit: stage2_root_not_a_page", stage2_root_not_a_page, "plan.fields",
              "vm 1: stage2.root_pa"),
    IN_MEMORY("limit: root_copy_too_long", root_copy_too_long, "plan.fields plan.unused",
              "stage2.root: its count"),
    IN_MEMORY("unused: offset of no memory", offset_of_no_memory,
              "plan.unused image.ram memory.exact hypervisor.window restore.target start.entry "
              "start.device-tree start.info",
              "memory\'s offset of vm 1"),
    IN_MEMORY("unused: offset of no restore", offset_of_no_restore,
              "plan.unused hypervisor.window restore.cover", "restore\'s offset of vm 1"),
    IN_MEMORY("limit: no VMs", no_vms, "plan.fields plan.unused", "number of VMs"),
    IN_MEMORY("limit: no vCPUs", no_vcpus, "plan.fields plan.unused", "number of vCPUs"),
};
const struct damages damages_limits = DAMAGES(damages);
