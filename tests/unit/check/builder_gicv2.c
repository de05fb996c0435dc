/* SPDX-License-Identifier: Apache-2.0 */
/* The system on a machine with a GICv2, for the tests of `check` and `show`. */
#include "builder.h"

#include "el2_map.h"

#define DEVICE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE)

/* What a CPU maps of the controller. */
static void map_controller(struct builder *builder, unsigned cpu)
{
    size_t kept = 0;
    for (size_t i = 0; i < builder->el2_count[cpu]; i++) {
        if (builder->el2[cpu][i].address < EL2_GICD ||
            builder->el2[cpu][i].address >= EL2_CONSOLE) {
            builder->el2[cpu][kept++] = builder->el2[cpu][i];
        }
    }
    builder->el2_count[cpu] = kept;
    builder_map_el2(builder, cpu, EL2_GICD, GICD_PA, 0x1000, DEVICE);
    builder_map_el2(builder, cpu, EL2_GICC, GICC_PA, 0x2000, DEVICE);
    builder_map_el2(builder, cpu, EL2_GICH, GICH_PA, 0x1000, DEVICE);
}

void builder_gicv2(struct builder *builder)
{
    struct plan_gic *gic = &builder->head.gic;
    gic->version = 2;
    gic->gicc_pa = GICC_PA;
    gic->gich_pa = GICH_PA;
    gic->gicv_pa = GICV_PA;
    builder->regions[REGION_GICR] = (struct plan_region){
        "intc", GICC_PA, GICV_PA + 0x2000 - GICC_PA, PLAN_REGION_INTERRUPTS, PLAN_NONE};
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        builder->head.cpus[cpu].gicr_pa = 0;
        builder->head.cpus[cpu].sgi0 = 0x10000U << cpu;
        map_controller(builder, cpu);
    }
    builder->vms[LINUX].delivery = PLAN_DELIVERY_VIRTUAL;
    builder->vms[LINUX].affinity = PLAN_AFFINITY_VIRTUAL;
    for (unsigned vm = 0; vm < VMS; vm++) {
        builder->vms[vm].gicr_ipa = 0;
        builder->vms[vm].gicc_ipa = GICC_PA;
        builder_give(builder, vm, GICC_PA, vm == LINUX ? GICV_PA : GICC_PA, 0x1000, DEVICE,
                     REGION_GICR);
    }
}

void builder_frame(struct builder *builder)
{
    struct plan_gic *gic = &builder->head.gic;
    builder_gicv2(builder);
    builder->has_frame = true;
    builder->regions[REGION_FRAME] =
        (struct plan_region){"v2m", FRAME_PA, 0x1000, PLAN_REGION_DEVICE, CONTROL};
    builder->head.regions.count = REGION_FRAME + 1;
    builder_give(builder, CONTROL, FRAME_PA, FRAME_PA, 0x1000, DEVICE, REGION_FRAME);
    for (uint32_t intid = FRAME_FIRST; intid < FRAME_FIRST + FRAME_COUNT; intid++) {
        builder->vms[CONTROL].intids[intid / 32] |= 1U << intid % 32;
        gic->icfgr[intid / 16] |= 2U << intid % 16 * 2;
        gic->spi_cpu[intid] = 2;
        gic->spi_owner[intid] = CONTROL + 1;
    }
}
