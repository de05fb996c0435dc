/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to what VMs share: channels, doorbells, what the manager sees, watchdogs. */
#include "corrupt.h"

#include <stdlib.h>
#include <string.h>

#include "el2_map.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define DEVICE     (READ_WRITE | PLAN_MEMORY_DEVICE)
#define ALL_RIGHTS (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_EXEC)

#define CONTROLS_COPY (COPIES_PA + 0x4000)

/* A range of the plan's and of stage 2's, by its place in the VM. */
static struct plan_memory *range_at(struct builder *builder, unsigned vm, uint64_t ipa)
{
    uint32_t i = 0;
    while (builder->ranges[vm][i].ipa != ipa) {
        i++;
    }
    return &builder->ranges[vm][i];
}

/* By plan and by stage 2. */
static void change_rights(struct builder *builder, unsigned vm, uint64_t ipa, uint32_t flags)
{
    struct plan_memory *range = range_at(builder, vm, ipa);
    range->flags = flags;
    builder->stage2[vm][range - builder->ranges[vm]].attributes = flags;
}

static void change_pa(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa)
{
    struct plan_memory *range = range_at(builder, vm, ipa);
    range->pa = pa;
    builder->stage2[vm][range - builder->ranges[vm]].pa = pa;
}

static void change_size(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t size)
{
    struct plan_memory *range = range_at(builder, vm, ipa);
    range->size = size;
    builder->stage2[vm][range - builder->ranges[vm]].size = size;
}

#define DAMAGE(name, change)                                                                       \
    static void name(struct builder *builder)                                                      \
    {                                                                                              \
        builder_join(builder);                                                                     \
        change;                                                                                    \
    }

DAMAGE(reader_writes, change_rights(builder, CONTROL, CHANNEL_IPA, READ_WRITE))
DAMAGE(channel_executable, change_rights(builder, LINUX, CHANNEL_PA, ALL_RIGHTS))
DAMAGE(channel_too_small, change_size(builder, CONTROL, CHANNEL_IPA, 0x1000))
DAMAGE(more_than_the_channel, change_size(builder, CONTROL, CHANNEL_IPA, CHANNEL_SIZE + 0x1000))

/* One range of the last page of control's RAM and the channel behind it: a restart would wipe what
 * linux wrote there.
 */
static void channel_is_restored(struct builder *builder)
{
    builder_join(builder);
    struct plan_memory *range = range_at(builder, CONTROL, CHANNEL_IPA);
    struct builder_mapping *mapping = &builder->stage2[CONTROL][range - builder->ranges[CONTROL]];
    change_size(builder, CONTROL, CONTROL_IPA, CONTROL_RAM_SIZE - 0x1000);
    change_size(builder, CONTROL, CHANNEL_IPA, CHANNEL_SIZE + 0x1000);
    change_pa(builder, CONTROL, CHANNEL_IPA, CHANNEL_PA - 0x1000);
    range->ipa -= 0x1000;
    mapping->address -= 0x1000;
    builder->restores[CONTROL][0].size += CHANNEL_SIZE;
    builder_el2_at(builder, 2, EL2_WINDOW + CONTROL_RAM)->size += CHANNEL_SIZE;
}

DAMAGE(member_gone, builder->members[0][1].vm = 7)
DAMAGE(channel_twice, builder_give(builder, LINUX, 0xa0000000, CHANNEL_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(channel_not_zero, builder->segments[builder->segment_count - 1].file_size = 0x1000;
       *(uint8_t *)builder_at(builder, CHANNEL_PA + 0x123) = 1)
DAMAGE(channel_not_loaded, builder->segment_count--)
DAMAGE(channel_in_the_hypervisor, builder->channels[0].pa = 0x400c0000;
       builder->segments[builder->segment_count - 1].pa = 0x400c0000;
       change_pa(builder, LINUX, CHANNEL_PA, 0x400c0000);
       builder->members[0][LINUX].ipa = CHANNEL_PA;
       change_pa(builder, CONTROL, CHANNEL_IPA, 0x400c0000))
DAMAGE(channel_over_the_plan, builder->channels[0].pa = PLAN_PA)

DAMAGE(status_writable, change_rights(builder, CONTROL, STATUS_IPA, READ_WRITE))
DAMAGE(status_of_itself,
       change_pa(builder, CONTROL, STATUS_IPA, STATUS_PA + CONTROL * PLAN_PAGE_SIZE))
DAMAGE(status_of_a_stranger, builder_give(builder, CONTROL, 0xa0000000,
                                          STATUS_PA + 5 * PLAN_PAGE_SIZE, 0x1000, READ, PLAN_NONE))

DAMAGE(doorbell_mapped,
       builder_give(builder, CONTROL, DOORBELL_IPA, SERIAL1_PA, 0x1000, DEVICE, REGION_SERIAL1))
DAMAGE(doorbell_over_the_gic, builder->vms[CONTROL].doorbell_ipa = GICD_PA)

DAMAGE(rings_itself, builder->doorbells[CONTROL][0].intid = 127)
DAMAGE(rings_a_device, builder->doorbells[CONTROL][0].intid = 33)
DAMAGE(one_doorbell_more, builder->doorbells[CONTROL][1] = builder->doorbells[CONTROL][0];
       builder->doorbells[CONTROL][1].limiter = 9; builder->vms[CONTROL].doorbells.count = 2)
DAMAGE(no_doorbell, builder->vms[CONTROL].doorbells.count = 0;
       builder->vms[CONTROL].notify.count = 0; builder->vms[CONTROL].doorbell_ipa = 0)
DAMAGE(limiter_shared, builder->doorbells[CONTROL][0].limiter = LINUX)

DAMAGE(interrupt_not_owned, builder->vms[CONTROL].intids[3] = 0;
       builder->head.gic.spi_owner[127] = 0)
DAMAGE(interrupt_level, builder->head.gic.icfgr[127 / 16] = 0)
DAMAGE(nobody_is_told, builder->head.manager_intid = 0)
DAMAGE(told_by_anothers_interrupt, builder->head.manager_intid = 40)
DAMAGE(told_by_a_level, builder->head.gic.icfgr[125 / 16] &= ~(2U << 125 % 16 * 2))
DAMAGE(told_by_a_doorbell, builder->head.manager_intid = 126)
DAMAGE(interrupt_of_two_channels, builder->members[0][CONTROL].intid = 126;
       builder->doorbells[LINUX][0].intid = 126; builder->notify[LINUX][0] = 126)

DAMAGE(notifies_nobody, builder->vms[LINUX].notify.count = 0)
DAMAGE(notifies_a_device, builder->notify[LINUX][0] = 40)
DAMAGE(notifies_more, builder->notify[LINUX][1] = 40; builder->vms[LINUX].notify.count = 2)

DAMAGE(two_managers, builder->vms[CONTROL].command_ipa = COMMAND_IPA;
       builder_give(builder, CONTROL, COMMAND_IPA, MANAGER_PA, 0x1000, READ, PLAN_NONE);
       builder_map_el2(builder, 2, EL2_STAGE2_ROOT((uint64_t)LINUX), 0, 0x1000, READ_WRITE);
       builder_map_el2(builder, 2, EL2_GICR, GICR_PA, 0x20000, DEVICE);
       builder_map_el2(builder, 2, EL2_GICR + EL2_GICR_STRIDE, GICR_PA + 0x20000, 0x20000, DEVICE))
DAMAGE(commands_writable, change_rights(builder, LINUX, COMMAND_IPA, READ_WRITE))
DAMAGE(commands_elsewhere, builder->vms[LINUX].command_ipa = 0x0b201000)
DAMAGE(log_writable, change_rights(builder, LINUX, OBSERVE_IPA, READ_WRITE))
DAMAGE(plan_writable, change_rights(builder, LINUX, PLAN_IPA, READ_WRITE))
DAMAGE(log_of_others, builder_give(builder, CONTROL, 0xa0000000, LOG_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(counters_of_others,
       builder_give(builder, CONTROL, 0xa0000000, STATS_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(shared_data_seen,
       builder_give(builder, LINUX, 0xa0000000, MANAGER_PA + 0x1000, 0x1000, READ, PLAN_NONE))
DAMAGE(pages_overlap, builder->head.hypervisor.manager_pa = WATCHDOG_PA;
       change_pa(builder, LINUX, COMMAND_IPA, WATCHDOG_PA))
DAMAGE(pages_outside, builder->head.hypervisor.manager_pa = 0x400d0000;
       change_pa(builder, LINUX, COMMAND_IPA, 0x400d0000))

/* Where the hypervisor has the status of VMs, of which it makes more than what others read: each
 * page would be written by its own VM. */
DAMAGE(status_as_watchdog, builder->head.hypervisor.watchdog_pa = STATUS_PA;
       builder->head.hypervisor.status_pa = WATCHDOG_PA;
       change_pa(builder, CONTROL, WATCHDOG_IPA, STATUS_PA + CONTROL * PLAN_PAGE_SIZE);
       change_pa(builder, CONTROL, STATUS_IPA, WATCHDOG_PA);
       change_pa(builder, LINUX, OBSERVE_IPA, STATS_PA);
       change_size(builder, LINUX, OBSERVE_IPA, LOG_PA + 0xd000 - STATS_PA);
       change_pa(builder, LINUX, STATUS_IPA, WATCHDOG_PA + CONTROL * PLAN_PAGE_SIZE))
DAMAGE(commands_of_others,
       builder_give(builder, CONTROL, COMMAND_IPA, MANAGER_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(plan_of_others, builder_give(builder, CONTROL, PLAN_IPA, PLAN_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(status_of_a_peer_elsewhere,
       builder_give(builder, CONTROL, 0xa0000000, STATUS_PA, 0x1000, READ, PLAN_NONE))
DAMAGE(channel_as_a_device, change_rights(builder, LINUX, CHANNEL_PA, DEVICE))
DAMAGE(channel_of_strangers, builder->channels[0].members.count = 1)
DAMAGE(doorbell_of_the_others_way, builder->members[0][CONTROL].doorbell = 1)
DAMAGE(watchdog_executable, change_rights(builder, CONTROL, WATCHDOG_IPA, ALL_RIGHTS))
DAMAGE(watchdog_without_one, builder->vms[CONTROL].watchdog = (struct plan_watchdog){0};
       builder->cores[0].watched.count = 0)

DAMAGE(store_of_control,
       builder_give(builder, CONTROL, 0xa0000000, COPIES_PA, 0x1000, READ_WRITE, PLAN_NONE))
DAMAGE(store_of_its_own,
       builder_give(builder, LINUX, 0xa0000000, COPIES_PA, 0x1000, READ_WRITE, PLAN_NONE))
DAMAGE(store_executable, change_rights(builder, LINUX, STORES_IPA, ALL_RIGHTS))
DAMAGE(store_too_large,
       change_pa(builder, LINUX, STORES_IPA, range_at(builder, LINUX, STORES_IPA)->pa - 0x1000))

DAMAGE(watchdog_of_another,
       builder_give(builder, LINUX, 0xa0000000, WATCHDOG_PA + CONTROL * PLAN_PAGE_SIZE, 0x1000,
                    READ_WRITE, PLAN_NONE))
DAMAGE(watchdog_read_only, change_rights(builder, CONTROL, WATCHDOG_IPA, READ))
DAMAGE(watched_by_nobody, builder->cores[0].watched.count = 0)
DAMAGE(watched_twice, builder->watched[1][0] = CONTROL; builder->cores[1].watched.count = 1)
DAMAGE(watched_by_itself, builder->cores[0].watched.count = 0; builder->watched[2][0] = CONTROL;
       builder->cores[2].watched.count = 1)
DAMAGE(watched_by_a_direct_cpu, builder->vms[LINUX].delivery = PLAN_DELIVERY_CHECKED)
DAMAGE(watched_without_a_watchdog, builder->watched[0][1] = LINUX;
       builder->cores[0].watched.count = 2)

DAMAGE(root_of_another, builder->vms[LINUX].command_ipa = 0)
DAMAGE(info_without_channel, ((uint32_t *)builder_at(builder, INFO_PA))[15] = 0)

/* A device in linux's tree (builder.h). */
static void put_tree(struct builder *builder, uint32_t spi, uint32_t controller, unsigned depth)
{
    builder->odd_device = (struct builder_odd_device){spi, controller, depth};
}

DAMAGE(device_rings, put_tree(builder, 126 - 32, 0, 1))
DAMAGE(device_tells, put_tree(builder, 125 - 32, 0, 1))
DAMAGE(device_rings_by_another_key, put_tree(builder, 126 - 32, 1, 1))
DAMAGE(device_of_anothers_interrupt, put_tree(builder, 40 - 32, 0, 1))
DAMAGE(device_of_no_controller, put_tree(builder, 33 - 32, 3, 1))
DAMAGE(device_too_deep, put_tree(builder, 126 - 32, 0, 64))

#undef DAMAGE

/* Sound: a tree like that is looked at, and found good. */
void corrupt_together_tree(struct builder *builder)
{
    builder_join(builder);
    put_tree(builder, 33 - 32, 1, 62);
}

static void change_tree(struct builder *builder, unsigned offset, uint8_t value)
{
    *(uint8_t *)builder_at(builder, LINUX_RAM + 0x1000 + offset) = value;
    *(uint8_t *)builder_at(builder, COPIES_PA + 0x1000 + offset) = value;
}

static void tree_damaged(struct builder *builder)
{
    change_tree(builder, 0x3b, 7);
}

static void tree_too_large(struct builder *builder)
{
    change_tree(builder, 5, 0x21);
}

#define TOGETHER(step, ids, message) DESCRIBED(#step, step, ids, message)

static const struct damage items[] = {
    TOGETHER(reader_writes, "channels.memory", "channel data"),
    TOGETHER(channel_executable, "channels.memory", "channel data"),
    TOGETHER(channel_too_small, "channels.memory", "does not reach all of channel data"),
    TOGETHER(more_than_the_channel, "memory.kinds", "0x40c02000"),
    TOGETHER(channel_is_restored, "memory.kinds", "0x8ffff000"),
    TOGETHER(member_gone, "plan.fields", "member 1: vm is 0x7"),
    TOGETHER(channel_twice, "channels.memory", "from ipa 0xa0000000"),
    TOGETHER(channel_not_zero, "channels.memory", "0x40c00123"),
    TOGETHER(channel_not_loaded, "channels.memory", "is not loaded whole"),
    TOGETHER(channel_in_the_hypervisor, "channels.memory", "lies in the hypervisor"),
    TOGETHER(channel_over_the_plan,
             "memory.kinds memory.disjoint hypervisor.window channels.memory restore.cover "
             "trees.machine",
             "overlaps"),
    TOGETHER(status_writable, "channels.status", "status page of vm linux"),
    TOGETHER(status_of_itself, "channels.status", "status page of vm control"),
    TOGETHER(status_of_a_stranger, "channels.status", "status page of no vm"),
    TOGETHER(doorbell_mapped, "doorbells.pages", "over its doorbells"),
    TOGETHER(doorbell_over_the_gic, "doorbells.pages start.info", "over its interrupt controller"),
    TOGETHER(rings_itself, "doorbells.ways doorbells.notify", "is not the one that rings vm linux"),
    TOGETHER(rings_a_device, "doorbells.ways doorbells.notify",
             "is not the one that rings vm linux"),
    TOGETHER(one_doorbell_more, "doorbells.ways doorbells.notify", "of no peer"),
    TOGETHER(no_doorbell, "doorbells.ways start.info", "is not the one that rings vm linux"),
    TOGETHER(limiter_shared, "doorbells.ways", "the limiter of another"),
    TOGETHER(interrupt_not_owned, "doorbells.interrupts interrupts.owner interrupts.trigger",
             "whose it is not"),
    TOGETHER(interrupt_level, "doorbells.interrupts interrupts.trigger", "not edge-triggered"),
    TOGETHER(nobody_is_told, "doorbells.interrupts interrupts.trigger",
             "no interrupt tells the manager of lost VMs"),
    TOGETHER(told_by_anothers_interrupt, "doorbells.interrupts interrupts.owner interrupts.trigger",
             "interrupt 40 rings in the manager's node"),
    TOGETHER(told_by_a_level, "doorbells.interrupts interrupts.trigger",
             "interrupt 125 rings in the manager's node, but is not edge"),
    TOGETHER(told_by_a_doorbell, "doorbells.interrupts interrupts.trigger",
             "interrupt 126 rings in the manager's node and in another"),
    TOGETHER(device_tells, "doorbells.interrupts",
             "interrupt 125 tells the manager of lost VMs, but device@9000000 of vm linux has it"),
    TOGETHER(interrupt_of_two_channels,
             "doorbells.interrupts interrupts.owner interrupts.trigger start.info",
             "interrupt 126 rings in data at vm control, whose it is not"),
    TOGETHER(device_rings, "doorbells.interrupts",
             "interrupt 126 rings in data, but device@9000000 of vm linux has it"),
    TOGETHER(device_rings_by_another_key, "doorbells.interrupts",
             "but device@9000000 of vm linux has it"),
    TOGETHER(device_of_anothers_interrupt, "interrupts.owner interrupts.trigger",
             "device@9000000 of vm linux has interrupt 40, which is not its own"),
    TOGETHER(device_of_no_controller, "doorbells.interrupts",
             "interrupts-extended of device@9000000"),
    TOGETHER(device_too_deep, "doorbells.interrupts", "the depth of"),
    IN_MEMORY("tree damaged", tree_damaged, "start.device-tree",
              "vm linux: the device tree at 0x40401000 is damaged"),
    IN_MEMORY("tree too large", tree_too_large, "start.device-tree",
              "vm linux: the device tree at 0x40401000 is damaged"),
    TOGETHER(notifies_nobody, "doorbells.notify", "does not ring interrupt 127"),
    TOGETHER(notifies_a_device, "doorbells.notify", "does not ring interrupt 127"),
    TOGETHER(notifies_more, "doorbells.notify", "rings 2 interrupts, it has 1 doorbells"),
    TOGETHER(two_managers, "doorbells.interrupts manager.pages interrupts.owner trees.machine",
             "are both managers"),
    TOGETHER(commands_writable, "manager.pages", "command page"),
    TOGETHER(commands_elsewhere, "manager.pages", "vm linux reaches 0x40042000 (command page)"),
    TOGETHER(log_writable, "channels.status manager.pages", "counters"),
    TOGETHER(plan_writable, "manager.pages", "plan"),
    TOGETHER(log_of_others, "manager.pages", "(log)"),
    TOGETHER(counters_of_others, "manager.pages", "(counters)"),
    TOGETHER(shared_data_seen,
             "memory.kinds memory.hypervisor hypervisor.window restore.cover trees.machine",
             "(shared data)"),
    TOGETHER(pages_overlap, "hypervisor.block", "overlaps"),
    TOGETHER(pages_outside, "hypervisor.block", "are not in the shared data"),
    TOGETHER(status_as_watchdog, "hypervisor.block trees.machine", "status pages are at"),
    TOGETHER(commands_of_others, "manager.pages", "vm control reaches 0x40042000 (command page)"),
    TOGETHER(plan_of_others, "manager.pages", "vm control reaches 0x40003000 (plan)"),
    TOGETHER(status_of_a_peer_elsewhere, "channels.status", "status page of vm linux"),
    TOGETHER(channel_as_a_device, "memory.kinds channels.memory", "channel data"),
    TOGETHER(channel_of_strangers, "plan.fields", "channel 0: number of members is 0x1"),
    TOGETHER(doorbell_of_the_others_way, "doorbells.ways start.info", "is not the one that rings"),
    TOGETHER(watchdog_executable, "watchdogs.page", "watchdog page of vm control"),
    TOGETHER(watchdog_without_one, "watchdogs.page start.info", "watchdog page of vm control"),
    TOGETHER(store_of_control, "manager.stores", "copy of the image of vm linux"),
    TOGETHER(store_of_its_own, "manager.stores", "copy of the image of vm linux"),
    TOGETHER(store_executable, "manager.stores", "copy of the image of vm control"),
    TOGETHER(store_too_large,
             "memory.kinds memory.hypervisor hypervisor.window restore.source restore.cover "
             "trees.machine",
             "(the hypervisor's block)"),
    TOGETHER(watchdog_of_another, "watchdogs.page", "watchdog page of vm control"),
    TOGETHER(watchdog_read_only, "watchdogs.page", "with R--"),
    TOGETHER(watched_by_nobody, "watchdogs.watcher", "has a watchdog, 0 CPUs"),
    TOGETHER(watched_twice, "watchdogs.watcher", "has a watchdog, 2 CPUs"),
    TOGETHER(watched_by_itself, "watchdogs.watcher", "can't look at"),
    TOGETHER(watched_by_a_direct_cpu, "watchdogs.watcher", "can't look at"),
    TOGETHER(watched_without_a_watchdog, "watchdogs.watcher",
             "can't look at the watchdog of vm linux"),
    TOGETHER(root_of_another,
             "hypervisor.tables hypervisor.devices hypervisor.roots channels.status "
             "doorbells.interrupts manager.pages "
             "manager.stores interrupts.trigger",
             "stage-2 table of vm control"),
    TOGETHER(info_without_channel, "start.info", "does not say what the plan says"),
};
const struct damages damages_together = DAMAGES(items);
