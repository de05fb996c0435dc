/* SPDX-License-Identifier: Apache-2.0 */
/* The system whose VMs live together, for the tests of `check` and `show`. */
#include "builder.h"

#include <stdio.h>

#include "el2_map.h"
#include "info.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)

#define INTERVAL 1000000U

static const uint32_t intids[VMS] = {[LINUX] = 126, [CONTROL] = 127};
#define MANAGER_INTID 125U

static void own_interrupt(struct builder *builder, unsigned vm, uint32_t intid, uint8_t cpu)
{
    builder->vms[vm].intids[intid / 32] |= 1U << intid % 32;
    builder->head.gic.icfgr[intid / 16] |= 2U << intid % 16 * 2;
    builder->head.gic.spi_cpu[intid] = cpu;
    builder->head.gic.spi_owner[intid] = (uint8_t)(vm + 1);
}

static void join_channel(struct builder *builder, unsigned vm, unsigned peer, uint64_t ipa,
                         uint32_t flags)
{
    struct info_page *page = builder_at(builder, INFO_PA + vm * PLAN_PAGE_SIZE);
    struct info_channel *channel = &page->channels[page->channel_count++];
    builder->members[0][vm] = (struct plan_member){vm, flags, ipa, STATUS_IPA, intids[vm], 0};
    builder->doorbells[vm][0] =
        (struct plan_doorbell){.intid = intids[peer], .limiter = vm, .interval_ns = INTERVAL};
    builder->notify[vm][0] = intids[peer];
    builder->vms[vm].doorbell_ipa = DOORBELL_IPA;
    builder->vms[vm].doorbells.count = 1;
    builder->vms[vm].notify.count = 1;
    builder_give(builder, vm, ipa, CHANNEL_PA, CHANNEL_SIZE, flags, PLAN_NONE);
    builder_give(builder, vm, STATUS_IPA, STATUS_PA + peer * PLAN_PAGE_SIZE, PLAN_PAGE_SIZE, READ,
                 PLAN_NONE);
    *channel = (struct info_channel){.name = "data",
                                     .memory = ipa,
                                     .memory_size = CHANNEL_SIZE,
                                     .interval = INTERVAL,
                                     .interrupt = intids[vm],
                                     .flags = flags == READ_WRITE ? INFO_CHANNEL_WRITE : 0,
                                     .member = vm,
                                     .peer_count = 1};
    channel->peers[0] =
        (struct info_peer){.doorbell = DOORBELL_IPA, .status = STATUS_IPA, .member = peer};
    snprintf(channel->peers[0].vm, sizeof(channel->peers[0].vm), "%s", builder->vms[peer].name);
}

static void manage(struct builder *builder)
{
    builder->vms[LINUX].command_ipa = COMMAND_IPA;
    builder->head.manager_intid = MANAGER_INTID;
    own_interrupt(builder, LINUX, MANAGER_INTID, 0);
    builder_give(builder, LINUX, COMMAND_IPA, MANAGER_PA, PLAN_PAGE_SIZE, READ, PLAN_NONE);
    builder_give(builder, LINUX, OBSERVE_IPA, STATUS_PA, OBSERVE_SIZE, READ, PLAN_NONE);
    builder_give(builder, LINUX, PLAN_IPA, PLAN_PA, PLAN_ROOM, READ, PLAN_NONE);
    builder_give(builder, LINUX, STORES_IPA, COPIES_PA + 0x4000, CONTROL_IMAGE_SIZE, READ_WRITE,
                 PLAN_NONE);
    for (unsigned cpu = 0; cpu < 2; cpu++) {
        builder_map_el2(builder, cpu, EL2_GICR + 2 * EL2_GICR_STRIDE, GICR_PA + 2 * 0x20000,
                        0x20000, DEVICE);
        builder_map_el2(builder, cpu, EL2_STAGE2_ROOT((uint64_t)CONTROL), 0, 0x1000, READ_WRITE);
    }
}

static void watch(struct builder *builder)
{
    struct info_page *page = builder_at(builder, INFO_PA + CONTROL * PLAN_PAGE_SIZE);
    page->watchdog = WATCHDOG_IPA;
    page->watchdog_period = 50000000;
    builder->vms[CONTROL].watchdog =
        (struct plan_watchdog){PLAN_WATCHDOG_RESTART, 0, 50000000, 1000000000, WATCHDOG_IPA};
    builder->vms[CONTROL].restart_limit = 5;
    builder->vms[CONTROL].restart_period_ns = 10000000000;
    builder_give(builder, CONTROL, WATCHDOG_IPA, WATCHDOG_PA + CONTROL * PLAN_PAGE_SIZE,
                 PLAN_PAGE_SIZE, READ_WRITE, PLAN_NONE);
    builder->watched[0][0] = CONTROL;
    builder->cores[0].watched.count = 1;
}

void builder_join(struct builder *builder)
{
    builder->vms[LINUX].delivery = PLAN_DELIVERY_VIRTUAL;
    builder->vms[LINUX].affinity = PLAN_AFFINITY_VIRTUAL;
    builder->channels[0] = (struct plan_channel){
        .name = "data", .pa = CHANNEL_PA, .size = CHANNEL_SIZE, .members.count = 2};
    builder->head.channels.count = 1;
    builder_add_segment(builder, CHANNEL_PA, 0, CHANNEL_SIZE);
    own_interrupt(builder, LINUX, intids[LINUX], 0);
    own_interrupt(builder, CONTROL, intids[CONTROL], 2);
    join_channel(builder, LINUX, CONTROL, CHANNEL_PA, READ_WRITE);
    join_channel(builder, CONTROL, LINUX, CHANNEL_IPA, READ);
    manage(builder);
    watch(builder);
}
