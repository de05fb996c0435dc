/* SPDX-License-Identifier: Apache-2.0 */
/* Images for a GICv2 that give a VM another part of it than its CPU interface, or that tell EL2
 * or a guest wrong. */
#include <libfdt.h>
#include <string.h>

#include "corrupt.h"
#include "el2_map.h"

#define DEVICE    (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE)
#define ELSEWHERE 0x60000000U
#define GIC       (builder->head.gic)

/* The VM's range that is its CPU interface: the last one that it was given. */
static struct plan_memory *interface_of(struct builder *builder, unsigned vm)
{
    return &builder->ranges[vm][builder->vms[vm].memory.count - 1];
}

static struct builder_mapping *mapping_of(struct builder *builder, unsigned vm)
{
    return &builder->stage2[vm][builder->stage2_count[vm] - 1];
}

/* Plan and stage 2 of VM @vm have its CPU interface so. */
static void put_interface(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa,
                          uint32_t flags)
{
    builder_gicv2(builder);
    *interface_of(builder, vm) = (struct plan_memory){ipa, pa, 0x1000, flags, REGION_GICR};
    *mapping_of(builder, vm) = (struct builder_mapping){ipa, pa, 0x1000, flags};
}

/* Plan and stage 2 of VM @vm have a page more. */
static void give_page(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa,
                      uint32_t region)
{
    builder_gicv2(builder);
    builder_give(builder, vm, ipa, pa, 0x1000, DEVICE, region);
}

/* Name of the step, the properties that fail, what is said, and what is done to the description. */
#define STEPS(STEP)                                                                                \
    STEP(distributor_reached, "memory.kinds memory.interrupts", "linux reaches intc at 0x8000000", \
         give_page(builder, LINUX, ELSEWHERE, GICD_PA, REGION_GICD))                               \
    STEP(distributor_in_its_location, "memory.kinds memory.interrupts",                            \
         "control reaches intc at 0x8000000",                                                      \
         give_page(builder, CONTROL, GICD_PA, GICD_PA, REGION_GICD))                               \
    STEP(control_reached, "memory.kinds memory.interrupts", "reaches intc at 0x8030000",           \
         give_page(builder, CONTROL, ELSEWHERE, GICH_PA, REGION_GICR))                             \
    STEP(second_page_reached, "memory.kinds memory.interrupts", "reaches intc at 0x8011000",       \
         give_page(builder, CONTROL, GICC_PA + 0x1000, GICC_PA + 0x1000, REGION_GICR))             \
    STEP(second_virtual_page_reached, "memory.kinds memory.interrupts",                            \
         "reaches intc at 0x8041000",                                                              \
         give_page(builder, LINUX, ELSEWHERE, GICV_PA + 0x1000, REGION_GICR))                      \
    STEP(second_page_covered, "memory.kinds memory.interrupts memory.devices",                     \
         "over its emulated", give_page(builder, LINUX, GICC_PA + 0x1000, RTC_PA, REGION_RTC))     \
    STEP(physical_one_of_a_virtual_vm, "memory.kinds memory.interrupts",                           \
         "reaches 0x8010000 (CPU interface)",                                                      \
         put_interface(builder, LINUX, GICC_PA, GICC_PA, DEVICE))                                  \
    STEP(virtual_one_of_a_direct_vm, "memory.kinds memory.interrupts",                             \
         "reaches 0x8040000 (virtual CPU",                                                         \
         put_interface(builder, CONTROL, GICC_PA, GICV_PA, DEVICE))                                \
    STEP(both, "memory.kinds memory.interrupts", "reaches 0x8040000 (virtual CPU",                 \
         give_page(builder, CONTROL, ELSEWHERE, GICV_PA, REGION_GICR))                             \
    STEP(twice, "memory.interrupts", "from ipa 0x60000000",                                        \
         give_page(builder, CONTROL, ELSEWHERE, GICC_PA, REGION_GICR))                             \
    STEP(elsewhere, "memory.interrupts", "from ipa 0x60000000",                                    \
         put_interface(builder, LINUX, ELSEWHERE, GICV_PA, DEVICE))                                \
    STEP(executable, "memory.interrupts", "with RWX device",                                       \
         put_interface(builder, LINUX, GICC_PA, GICV_PA, DEVICE | PLAN_MEMORY_EXEC))               \
    STEP(read_only, "memory.interrupts", "with R-- device",                                        \
         put_interface(builder, LINUX, GICC_PA, GICV_PA, PLAN_MEMORY_READ | PLAN_MEMORY_DEVICE))   \
    STEP(as_ram, "memory.kinds memory.interrupts", "0x8010000 with RW-",                           \
         put_interface(builder, LINUX, GICC_PA, GICV_PA, PLAN_MEMORY_READ | PLAN_MEMORY_WRITE))    \
    STEP(nowhere, "memory.interrupts", "does not reach its CPU interface", builder_gicv2(builder); \
         builder->vms[CONTROL].memory.count--; builder->stage2_count[CONTROL]--)                   \
    STEP(region_of_a_device, "memory.kinds", "range at ipa 0x8010000", builder_gicv2(builder);     \
         interface_of(builder, LINUX)->region = REGION_SERIAL0)                                    \
    STEP(region_elsewhere, "memory.kinds", "range at ipa 0x8010000", builder_gicv2(builder);       \
         interface_of(builder, LINUX)->region = REGION_GICD)                                       \
    STEP(checked_as_virtual, "memory.kinds memory.interrupts", "reaches 0x8040000 (virtual CPU",   \
         put_interface(builder, CONTROL, GICC_PA, GICV_PA, DEVICE);                                \
         builder->vms[CONTROL].delivery = PLAN_DELIVERY_CHECKED)                                   \
    STEP(doorbells_over_it, "doorbells.pages start.info", "over its interrupt controller",         \
         builder_join(builder);                                                                    \
         builder_gicv2(builder); builder->vms[CONTROL].doorbell_ipa = GICC_PA + 0x1000)            \
    STEP(sgi_to_two, "cpus.mpidr", "0x60000 does not send", builder_gicv2(builder);                \
         builder->head.cpus[1].sgi0 = 0x60000)                                                     \
    STEP(sgi_to_all_others, "cpus.mpidr", "0x1020000 does not send", builder_gicv2(builder);       \
         builder->head.cpus[1].sgi0 |= 1U << 24)                                                   \
    STEP(sgi_of_another_number, "cpus.mpidr", "0x20001 does not send", builder_gicv2(builder);     \
         builder->head.cpus[1].sgi0 |= 1)                                                          \
    STEP(sgi_of_another_cpu, "cpus.mpidr", "cpu 0 and cpu 1 have one", builder_gicv2(builder);     \
         builder->head.cpus[1].sgi0 = 0x10000)                                                     \
    STEP(sgi_as_of_a_gicv3, "cpus.mpidr", "0x2 does not send", builder_gicv2(builder);             \
         builder->head.cpus[1].sgi0 = 2)                                                           \
    STEP(el2_without_the_second_page, "hypervisor.devices", "CPU interface at va",                 \
         builder_gicv2(builder);                                                                   \
         builder_el2_at(builder, 1, EL2_GICC)->size = 0x1000)                                      \
    STEP(el2_without_control, "hypervisor.devices", "cpu 2: control of virtual",                   \
         builder_gicv2(builder);                                                                   \
         builder->el2_count[2]--)                                                                  \
    STEP(el2_of_a_gicv3, "hypervisor.devices", "0x8001000 (intc) is mapped",                       \
         builder_gicv2(builder);                                                                   \
         builder_el2_at(builder, 1, EL2_GICD)->size = 0x10000)                                     \
    STEP(el2_with_the_virtual_one, "hypervisor.devices", "leads to 0x8040000",                     \
         builder_gicv2(builder);                                                                   \
         builder_el2_at(builder, 1, EL2_GICC)->pa = GICV_PA)                                       \
    STEP(el2_with_more, "hypervisor.devices", "0x8040000 (intc) is mapped",                        \
         builder_gicv2(builder);                                                                   \
         builder_map_el2(builder, 0, EL2_GICH + 0x10000, GICV_PA, 0x1000, DEVICE))                 \
    STEP(two_in_one_location, "hypervisor.devices", "are both at 0x8011000",                       \
         builder_gicv2(builder);                                                                   \
         GIC.gich_pa = GICC_PA + 0x1000;                                                           \
         for (unsigned cpu = 0; cpu < CPUS; cpu++) builder_el2_at(builder, cpu, EL2_GICH)->pa =    \
             GIC.gich_pa)                                                                          \
    STEP(one_interface_for_both, "memory.interrupts hypervisor.devices", "are both at 0x8010000",  \
         builder_gicv2(builder);                                                                   \
         GIC.gicv_pa = GICC_PA; interface_of(builder, LINUX)->pa = GICC_PA;                        \
         mapping_of(builder, LINUX)->pa = GICC_PA)                                                 \
    STEP(control_is_a_device, "hypervisor.devices", "no control of virtual",                       \
         builder_gicv2(builder);                                                                   \
         GIC.gich_pa = RTC_PA;                                                                     \
         for (unsigned cpu = 0; cpu < CPUS; cpu++) builder_el2_at(builder, cpu, EL2_GICH)->pa =    \
             RTC_PA)                                                                               \
    STEP(version_unknown, "plan.fields", "gic: version", builder_gicv2(builder); GIC.version = 4)  \
    STEP(distributor_not_a_page, "plan.fields", "gic: gicd_pa", builder_gicv2(builder);            \
         GIC.gicd_pa += 8)                                                                         \
    STEP(interface_not_a_page, "plan.fields", "gic: gicc_pa", builder_gicv2(builder);              \
         GIC.gicc_pa += 8)                                                                         \
    STEP(control_not_a_page, "plan.fields", "gic: gich_pa", builder_gicv2(builder);                \
         GIC.gich_pa += 8)                                                                         \
    STEP(virtual_not_a_page, "plan.fields", "gic: gicv_pa", builder_gicv2(builder);                \
         GIC.gicv_pa += 8)                                                                         \
    STEP(vms_interface_not_a_page, "plan.fields", "vm 1: gicc_ipa", builder_gicv2(builder);        \
         builder->vms[CONTROL].gicc_ipa += 8)                                                      \
    STEP(redistributor_of_a_cpu, "plan.unused", "gicr_pa of cpu 1", builder_gicv2(builder);        \
         builder->head.cpus[1].gicr_pa = GICR_PA)                                                  \
    STEP(redistributors_of_a_vm, "plan.unused", "gicr_ipa of vm 1", builder_gicv2(builder);        \
         builder->vms[CONTROL].gicr_ipa = GICR_PA)                                                 \
    STEP(interface_of_a_gicv3, "plan.unused", "gic.gicc_pa of version 3", GIC.gicc_pa = GICC_PA)   \
    STEP(control_of_a_gicv3, "plan.unused", "gic.gich_pa of version 3", GIC.gich_pa = GICH_PA)     \
    STEP(virtual_one_of_a_gicv3, "plan.unused", "gic.gicv_pa of version 3", GIC.gicv_pa = GICV_PA) \
    STEP(vms_interface_on_a_gicv3, "plan.unused", "gicc_ipa of vm 1",                              \
         builder->vms[CONTROL].gicc_ipa = GICC_PA)                                                 \
    STEP(messages_of_nobody, "interrupts.owner", "has interrupt 64, which",                        \
         builder_frame(builder);                                                                   \
         builder->vms[CONTROL].intids[2] &= ~1U; GIC.spi_owner[64] = 0; GIC.spi_cpu[64] = 0;       \
         GIC.icfgr[4] &= ~3U)                                                                      \
    STEP(messages_of_another, "interrupts.owner", "has interrupt 64, which",                       \
         builder_frame(builder);                                                                   \
         builder->vms[CONTROL].intids[2] &= ~1U; builder->vms[LINUX].intids[2] |= 1;               \
         GIC.spi_owner[64] = LINUX + 1; GIC.spi_cpu[64] = 0)                                       \
    STEP(messages_as_levels, "interrupts.trigger", "interrupt 64 is level",                        \
         builder_frame(builder);                                                                   \
         GIC.icfgr[4] &= ~3U)

#define STEP_FUNCTION(called, ids, message, ...)                                                   \
    static void called(struct builder *builder)                                                    \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }
STEPS(STEP_FUNCTION)

#define STEP_DAMAGE(called, ids, message, ...) DESCRIBED("GICv2: " #called, called, ids, message),

/* Changes a byte of a property's value in control's tree, and in its copy. */
static void change(struct builder *builder, const char *path, const char *name, unsigned offset,
                   uint8_t value)
{
    uint8_t *const trees[] = {builder_at(builder, CONTROL_RAM + 0x1000),
                              builder_at(builder, COPIES_PA + 0x5000)};
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *bytes = fdt_getprop_w(trees[i], fdt_path_offset(trees[i], path), name, NULL);
        bytes[offset] = value;
    }
}

static void timer_of_other_cpus(struct builder *builder)
{
    change(builder, "/timer", "interrupts", 2 * 12 + 10, 0x03);
}

static void interface_told_longer(struct builder *builder)
{
    change(builder, "/intc@8000000", "reg", 30, 0x30);
}

static void frame_without_messages(struct builder *builder)
{
    change(builder, "/v2m@50000000", "arm,msi-num-spis", 3, 0);
}

static void frame_with_more_messages(struct builder *builder)
{
    change(builder, "/v2m@50000000", "arm,msi-num-spis", 3, FRAME_COUNT + 1);
}

static const struct damage damages[] = {
    STEPS(STEP_DAMAGE){.name = "GICv2: timer_of_other_cpus",
                       .describe = builder_frame,
                       .memory = timer_of_other_cpus,
                       .failed = "trees.machine",
                       .text = "PPI 11 of timer"},
    {.name = "GICv2: interface_told_longer",
     .describe = builder_frame,
     .memory = interface_told_longer,
     .failed = "trees.machine",
     .text = "reg of intc@8000000"},
    {.name = "GICv2: frame_without_messages",
     .describe = builder_frame,
     .memory = frame_without_messages,
     .failed = "doorbells.interrupts interrupts.trigger",
     .text = "arm,msi-base-spi of v2m"},
    {.name = "GICv2: frame_with_more_messages",
     .describe = builder_frame,
     .memory = frame_with_more_messages,
     .failed = "interrupts.owner",
     .text = "has interrupt 72, which"},
};
const struct damages damages_gicv2 = DAMAGES(damages);
