/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM may do in each zone (zones.h). */
#include <inttypes.h>

#include "check_context.h"

static const enum property properties[] = {
    [ZONE_CHANNEL] = PROPERTY_CHANNELS_MEMORY, [ZONE_STATUS] = PROPERTY_CHANNELS_STATUS,
    [ZONE_OBSERVED] = PROPERTY_MANAGER_PAGES,  [ZONE_PLAN] = PROPERTY_MANAGER_PAGES,
    [ZONE_COMMANDS] = PROPERTY_MANAGER_PAGES,  [ZONE_WATCHDOG] = PROPERTY_WATCHDOGS_PAGE,
    [ZONE_COPY] = PROPERTY_MANAGER_STORES,     [ZONE_INTERFACE] = PROPERTY_MEMORY_INTERRUPTS,
};

static bool is_manager(const struct check *check, uint32_t vm)
{
    return check->view.plan.vms[vm].command_ipa != 0;
}

static bool reaches_channel(const struct check *check, uint32_t vm, const struct zone_piece *piece)
{
    uint32_t channel = zone_index(piece->zone);
    uint32_t number = plan_view_member_number(&check->view.plan, channel, vm);
    if (number == PLAN_NONE) {
        return false;
    }
    const struct plan_member *member = &plan_view_members(&check->view.plan, channel)[number];
    return (piece->mapping.attributes & ~member->flags) == 0 &&
           piece->mapping.address == member->ipa + (piece->mapping.pa - piece->zone->start);
}

/* Whether @vm sees the status of @other at @ipa because both are in a channel. */
static bool sees_peer(const struct check *check, uint32_t vm, uint32_t other, uint64_t ipa)
{
    const struct plan_view *plan = &check->view.plan;
    for (uint32_t channel = 0; channel < plan->channel_count; channel++) {
        const struct plan_member *members = plan_view_members(plan, channel);
        uint32_t own = plan_view_member_number(plan, channel, vm);
        for (uint32_t i = 0; own != PLAN_NONE && i + 1 < plan->channels[channel].members.count;
             i++) {
            if (members[plan_peer(own, i)].vm == other &&
                ipa == members[own].status + (uint64_t)i * PLAN_PAGE_SIZE) {
                return true;
            }
        }
    }
    return false;
}

static bool may_reach(const struct check *check, uint32_t vm, const struct zone_piece *piece)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const struct mapping *mapping = &piece->mapping;
    uint32_t index = zone_index(piece->zone);
    bool reads = mapping->attributes == PLAN_MEMORY_READ;
    bool writes = mapping->attributes == (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE);
    switch (zone_kind(piece->zone)) {
    case ZONE_CHANNEL:
        return reaches_channel(check, vm, piece);
    case ZONE_STATUS:
        return reads && (is_manager(check, vm) || sees_peer(check, vm, index, mapping->address));
    case ZONE_OBSERVED:
    case ZONE_PLAN:
        return reads && is_manager(check, vm);
    case ZONE_COMMANDS:
        return reads && is_manager(check, vm) && mapping->address == plan_vm->command_ipa;
    case ZONE_WATCHDOG:
        return writes && index == vm && plan_vm->watchdog.action != PLAN_WATCHDOG_NONE &&
               mapping->address == plan_vm->watchdog.page_ipa;
    case ZONE_COPY:
        return (reads || writes) && is_manager(check, vm) && index != vm;
    case ZONE_INTERFACE:
        return mapping->attributes == (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE) &&
               index == (plan_vm->delivery == PLAN_DELIVERY_VIRTUAL) &&
               mapping->address == plan_vm->gicc_ipa;
    }
    return false;
}

void check_zone_piece(struct check *check, uint32_t vm, const struct zone_piece *piece)
{
    char text[32];
    char name[PART_NAME_SIZE];
    if (!may_reach(check, vm, piece)) {
        report_fail(check->view.report, properties[zone_kind(piece->zone)],
                    "%s reaches 0x%" PRIx64 " (%s) from ipa 0x%" PRIx64 " with %s",
                    check->view.vm_who[vm], piece->mapping.pa,
                    zone_name(&check->view, piece->zone, name), piece->mapping.address,
                    walk_attributes_text(piece->mapping.attributes, text));
    }
}
