/* SPDX-License-Identifier: Apache-2.0 */
/* The system with a shared CPU for the tests of `check` and `show`. */
#include "builder.h"
#include "el2_map.h"
#include "info.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)

/* What CPU 1 maps for control, besides what it has for linux. */
static void map_control(struct builder *builder)
{
    uint64_t info = INFO_PA + CONTROL * PLAN_PAGE_SIZE;
    builder_map_el2(builder, 1, EL2_GICR + 2 * EL2_GICR_STRIDE, GICR_PA + 2 * 0x20000, 0x20000,
                    DEVICE);
    builder_map_el2(builder, 1, EL2_STAGE2_ROOT((uint64_t)CONTROL), 0, 0x1000, READ_WRITE);
    builder_map_el2(builder, 1, EL2_WINDOW + CONTROL_RAM, CONTROL_RAM, CONTROL_RAM_SIZE,
                    READ_WRITE);
    builder_map_el2(builder, 1, EL2_WINDOW + info, info, 0x1000, READ_WRITE);
    builder_map_el2(builder, 1, EL2_WINDOW + COPIES_PA + 0x4000, COPIES_PA + 0x4000,
                    CONTROL_IMAGE_SIZE, READ);
    builder_map_el2(builder, 2, EL2_GICR + EL2_GICR_STRIDE, GICR_PA + 0x20000, 0x20000, DEVICE);
}

void builder_share(struct builder *builder)
{
    struct info_page *page = builder_at(builder, INFO_PA + CONTROL * PLAN_PAGE_SIZE);
    builder->vcpus[2].mpidr = 0;
    builder->vcpus[3] = (struct plan_vcpu){.mpidr = 1, .vm = CONTROL, .cpu = 1};
    builder->vcpu_count = 4;
    builder->vms[CONTROL].vcpu_count = 2;
    builder->vms[CONTROL].restricted = 1;
    builder->vms[LINUX].restricted = 1;
    builder->vms[CONTROL].level = PLAN_LEVEL_SOFT;
    builder->vms[CONTROL].delivery = PLAN_DELIVERY_VIRTUAL;
    builder->vms[CONTROL].affinity = PLAN_AFFINITY_VIRTUAL;
    builder->vms[LINUX].delivery = PLAN_DELIVERY_VIRTUAL;
    builder->vms[LINUX].affinity = PLAN_AFFINITY_VIRTUAL;
    page->vcpu_count = 2;
    page->vcpus[0] = (struct info_vcpu){.mpidr = 0, .cpu = 2};
    page->vcpus[1] = (struct info_vcpu){.mpidr = 1, .cpu = 1};
    builder->cores[1] = (struct plan_core){.policy = PLAN_POLICY_TIMETABLE,
                                           .number = 1,
                                           .policy_va = EL2_BASE + TEXT_SIZE + 0x40,
                                           .policy_name = "timetable",
                                           .vcpus.count = 2,
                                           .slots.count = 3,
                                           .slice_ns = 1000000,
                                           .frame_ns = 10000000};
    builder->core_vcpus[1][1] = 3;
    builder->slots[1][0] = (struct plan_slot){.start_ns = 0, .length_ns = 4000000, .vcpu = 0};
    builder->slots[1][1] =
        (struct plan_slot){.start_ns = 4000000, .length_ns = 1000000, .vcpu = PLAN_NONE};
    builder->slots[1][2] = (struct plan_slot){.start_ns = 5000000, .length_ns = 5000000, .vcpu = 1};
    map_control(builder);
}
