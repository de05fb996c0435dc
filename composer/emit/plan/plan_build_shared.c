/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan says of living together: channels, doorbells, watchdogs, the manager
 * (plan_build.h). */
#include <stdio.h>

#include "arithmetic.h"
#include "channel_doorbells.h"
#include "memory.h"
#include "plan_build.h"
#include "shared_pages.h"

#define READ       PLAN_MEMORY_READ
#define READ_WRITE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)

static uint32_t member_flags(const struct channel_member *member)
{
    return member->write ? READ_WRITE : READ;
}

static struct range shared_range(const struct plan_input *input, uint64_t offset, uint64_t size)
{
    return range_of(input->places.shared_pa + offset, size);
}

static void list_channels(const struct plan_input *input, uint32_t vm, struct vm_tables *tables)
{
    const struct system *system = input->system;

    for (size_t i = 0; i < system->channel_count; i++) {
        const struct channel *channel = &system->channels[i];
        const struct channel_layout *layout = &input->layout->channels[i];
        uint32_t member = channel_member_number(channel, vm);

        if (member == CHANNEL_NOBODY) {
            continue;
        }
        plan_list_page(tables, layout->ipa[member], range_of(layout->pa, channel->size),
                       member_flags(&channel->members[member]));
        for (uint32_t peer = 0; peer < channel_peer_count(channel); peer++) {
            uint32_t peer_vm = channel->members[channel_peer(member, peer)].vm;
            plan_list_page(
                tables, layout->status_ipa[member] + peer * PAGE_SIZE,
                shared_range(input, input->hypervisor->status + peer_vm * PAGE_SIZE, PAGE_SIZE),
                READ);
        }
    }
}

static void list_manager(const struct plan_input *input, struct vm_tables *tables)
{
    const struct manager_layout *manager = &input->layout->manager;
    uint64_t plan_pa = input->layout->hypervisor_pa + input->hypervisor->size;

    plan_list_page(tables, manager->command_ipa,
                   shared_range(input, input->hypervisor->manager, PAGE_SIZE), READ);
    plan_list_page(tables, manager->observe_ipa,
                   shared_range(input, input->hypervisor->status, OBSERVE_SIZE), READ);
    plan_list_page(tables, manager->plan_ipa, range_of(plan_pa, manager->plan_size), READ);
    if (input->layout->stores.size != 0) {
        plan_list_page(tables, manager->stores_ipa, input->layout->stores, READ_WRITE);
    }
}

void plan_list_shared(const struct plan_input *input, uint32_t vm, struct vm_tables *tables)
{
    list_channels(input, vm, tables);
    if (input->layout->vms[vm].watchdog_ipa != 0) {
        plan_list_page(
            tables, input->layout->vms[vm].watchdog_ipa,
            shared_range(input, input->hypervisor->watchdogs + vm * PAGE_SIZE, PAGE_SIZE),
            READ_WRITE);
    }
    if (input->system->vms[vm].manager) {
        list_manager(input, tables);
    }
}

/* The first doorbell of a member in its VM's list: behind those of the channels before. */
static uint32_t first_doorbell(const struct system *system, size_t channel, uint32_t vm)
{
    uint32_t first = 0;

    for (size_t i = 0; i < channel; i++) {
        if (channel_member_number(&system->channels[i], vm) != CHANNEL_NOBODY) {
            first += channel_peer_count(&system->channels[i]);
        }
    }
    return first;
}

static struct plan_array members_add(const struct plan_input *input, size_t index,
                                     struct draft *draft)
{
    const struct channel *channel = &input->system->channels[index];
    const struct channel_layout *layout = &input->layout->channels[index];
    struct plan_member members[CHANNEL_MAX_MEMBERS] = {0};

    for (uint32_t i = 0; i < channel->member_count; i++) {
        members[i] = (struct plan_member){
            .vm = channel->members[i].vm,
            .flags = member_flags(&channel->members[i]),
            .ipa = layout->ipa[i],
            .status = layout->status_ipa[i],
            .intid = channel->members[i].intid,
            .doorbell = first_doorbell(input->system, index, channel->members[i].vm),
        };
    }
    return draft_add(draft, members, channel->member_count, sizeof(members[0]));
}

void plan_add_channels(const struct plan_input *input, struct draft *draft)
{
    size_t count = input->system->channel_count;
    struct plan_channel *channels = memory_new(count, sizeof(*channels));

    for (size_t i = 0; i < count; i++) {
        channels[i] = (struct plan_channel){
            .pa = input->layout->channels[i].pa,
            .size = input->system->channels[i].size,
            .members = members_add(input, i, draft),
        };
        snprintf(channels[i].name, sizeof(channels[i].name), "%s", input->system->channels[i].name);
    }
    draft->plan->channels = draft_add(draft, channels, count, sizeof(*channels));
}

static void set_doorbells(const struct plan_input *input, uint32_t vm, struct draft *draft,
                          struct plan_vm *planned)
{
    struct channel_way *ways;
    size_t count = channel_ways(input->system, vm, &ways);
    struct plan_doorbell *doorbells = memory_new(count, sizeof(*doorbells));
    uint32_t *notify = memory_new(count, sizeof(*notify));

    for (size_t i = 0; i < count; i++) {
        const struct channel *channel = &input->system->channels[ways[i].channel];
        notify[i] = channel->members[ways[i].to].intid;
        doorbells[i] = (struct plan_doorbell){
            .intid = notify[i],
            .limiter = ways[i].limiter,
            .interval_ns = channel->interval_ns,
        };
    }
    planned->doorbell_ipa = input->layout->vms[vm].doorbell_ipa;
    planned->doorbells = draft_add(draft, doorbells, count, sizeof(*doorbells));
    planned->notify = draft_add(draft, notify, count, sizeof(*notify));
}

void plan_set_life(const struct plan_input *input, uint32_t vm, struct draft *draft,
                   struct plan_vm *planned)
{
    const struct vm *asked = &input->system->vms[vm];

    set_doorbells(input, vm, draft, planned);
    if (asked->manager) {
        planned->command_ipa = input->layout->manager.command_ipa;
    }
    planned->watchdog = (struct plan_watchdog){
        .action = asked->watchdog_action,
        .period_ns = asked->watchdog_period_ns,
        .first_ns = asked->watchdog_first_ns,
        .page_ipa = input->layout->vms[vm].watchdog_ipa,
    };
    planned->restart_limit = asked->restart_limit;
    planned->restart_period_ns = asked->restart_period_ns;
}

struct plan_array plan_add_watched(const struct system *system, uint32_t board_cpu,
                                   struct draft *draft)
{
    uint32_t watched[PLAN_MAX_VMS];
    size_t count = 0;

    for (uint32_t i = 0; i < system->vm_count; i++) {
        if (system->vms[i].watchdog_action != PLAN_WATCHDOG_NONE &&
            system->vms[i].watcher == board_cpu) {
            watched[count++] = i;
        }
    }
    return draft_add(draft, watched, count, sizeof(watched[0]));
}
