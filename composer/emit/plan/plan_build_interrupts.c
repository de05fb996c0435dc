/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns which interrupt, and where it goes (plan_build.h; Arm IHI 0069H, 2.2.1 and 12.9.9). */
#include "plan_build.h"

#define SGI_MASK         0xffffU
#define PMU_PPI          23U /* Arm Base System Architecture (DEN 0094), PPI assignments */
#define TIMER_PHYSICAL   1   /* places in board.timer_intids */
#define TIMER_VIRTUAL    2
#define TIMER_HYPERVISOR 3

/* Two bits for each interrupt; the upper one says edge. */
#define ICFGR_EDGE(intid) (2U << (2 * ((intid) % 16)))

void plan_set_intids(const struct system *system, size_t vm, uint32_t intids[PLAN_MAX_INTIDS / 32])
{
    const struct vm *asked = &system->vms[vm];

    intids[0] = SGI_MASK | 1U << PMU_PPI | 1U << system->board.timer_intids[TIMER_PHYSICAL] |
                1U << system->board.timer_intids[TIMER_VIRTUAL];
    /* Some boards have other things where the performance counters usually are. */
    intids[0] &= ~(1U << system->board.timer_intids[TIMER_HYPERVISOR] |
                   1U << system->board.maintenance_intid);
    for (size_t i = 0; i < asked->device_count; i++) {
        const struct board_device *device = &system->board.devices[asked->devices[i]];
        for (size_t j = 0; j < device->intid_count; j++) {
            intids[device->intids[j] / 32] |= 1U << device->intids[j] % 32;
        }
    }
    for (size_t i = 0; i < system->channel_count; i++) {
        for (size_t j = 0; j < system->channels[i].member_count; j++) {
            const struct channel_member *member = &system->channels[i].members[j];
            if (member->vm == vm) {
                intids[member->intid / 32] |= 1U << member->intid % 32;
            }
        }
    }
    if (asked->manager) {
        intids[system->manager_intid / 32] |= 1U << system->manager_intid % 32;
    }
}

static void device_set(const struct board_device *device, uint32_t plan_cpu, struct plan_gic *gic)
{
    for (size_t i = 0; i < device->intid_count; i++) {
        uint32_t intid = device->intids[i];
        if (intid < PLAN_FIRST_SPI) {
            continue;
        }
        gic->spi_cpu[intid] = (uint8_t)plan_cpu;
        if (device->edge[i]) {
            gic->icfgr[intid / 16] |= ICFGR_EDGE(intid);
        }
    }
}

static void owner_set(const struct system *system, size_t vm, struct plan_gic *gic)
{
    uint32_t intids[PLAN_MAX_INTIDS / 32] = {0};

    plan_set_intids(system, vm, intids);
    for (uint32_t intid = PLAN_FIRST_SPI; intid < gic->intid_count; intid++) {
        if ((intids[intid / 32] >> intid % 32 & 1) != 0) {
            gic->spi_owner[intid] = (uint8_t)(vm + 1);
        }
    }
}

static void doorbell_set(uint32_t intid, uint32_t plan_cpu, struct plan_gic *gic)
{
    gic->spi_cpu[intid] = (uint8_t)plan_cpu;
    gic->icfgr[intid / 16] |= ICFGR_EDGE(intid);
}

void plan_set_gic(const struct plan_input *input, struct plan_gic *gic)
{
    const struct system *system = input->system;

    gic->version = (uint8_t)system->board.gic_version;
    gic->gicd_pa = system->board.gicd_pa;
    gic->gicc_pa = system->board.gicc_pa;
    gic->gich_pa = system->board.gich_pa;
    gic->gicv_pa = system->board.gicv_pa;
    gic->intid_count = system->board.intid_count;
    gic->hypervisor_timer = (uint8_t)system->board.timer_intids[TIMER_HYPERVISOR];
    gic->virtual_timer = (uint8_t)system->board.timer_intids[TIMER_VIRTUAL];
    gic->maintenance = (uint8_t)system->board.maintenance_intid;
    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        for (size_t j = 0; j < vm->device_count; j++) {
            device_set(&system->board.devices[vm->devices[j]], input->plan_cpu_of[vm->cpus[0]],
                       gic);
        }
        if (vm->manager) {
            doorbell_set(system->manager_intid, input->plan_cpu_of[vm->cpus[0]], gic);
        }
        owner_set(system, i, gic);
    }
    for (size_t i = 0; i < system->channel_count; i++) {
        for (size_t j = 0; j < system->channels[i].member_count; j++) {
            const struct channel_member *member = &system->channels[i].members[j];
            doorbell_set(member->intid, input->plan_cpu_of[system->vms[member->vm].cpus[0]], gic);
        }
    }
}
