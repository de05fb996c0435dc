/* SPDX-License-Identifier: Apache-2.0 */
/* What VMs have in common as JSON: channels, and who watches over whom. */
#include "show_json.h"

static void print_doorbells(struct json *json, const struct image_view *view, uint32_t channel,
                            uint32_t own)
{
    const struct plan_member *members = plan_view_members(&view->plan, channel);
    json_open(json, "rings", '[');
    for (uint32_t to = 0; to < view->plan.channels[channel].members.count; to++) {
        const struct plan_doorbell *doorbell = show_doorbell(view, channel, own, to);
        if (doorbell == NULL) {
            continue;
        }
        uint32_t number = members[own].doorbell + (to < own ? to : to - 1);
        json_open(json, NULL, '{');
        json_text(json, "vm", view->plan.vms[members[to].vm].name);
        json_number(json, "member", to);
        json_number(json, "doorbell", number);
        json_number(json, "ipa",
                    view->plan.vms[members[own].vm].doorbell_ipa +
                        (uint64_t)number * PLAN_PAGE_SIZE);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_members(struct json *json, const struct image_view *view, uint32_t channel)
{
    const struct plan_member *members = plan_view_members(&view->plan, channel);
    json_open(json, "members", '[');
    for (uint32_t i = 0; i < view->plan.channels[channel].members.count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "vm", view->plan.vms[members[i].vm].name);
        json_number(json, "ipa", members[i].ipa);
        json_boolean(json, "write", (members[i].flags & PLAN_MEMORY_WRITE) != 0);
        json_number(json, "intid", members[i].intid);
        json_number(json, "status", members[i].status);
        print_doorbells(json, view, channel, i);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void show_json_channels(struct json *json, const struct image_view *view)
{
    json_open(json, "channels", '[');
    for (uint32_t channel = 0; channel < view->plan.channel_count; channel++) {
        const struct plan_channel *plan_channel = &view->plan.channels[channel];
        const struct plan_doorbell *doorbell = show_doorbell(view, channel, 0, 1);
        json_open(json, NULL, '{');
        json_text(json, "name", plan_channel->name);
        json_number(json, "pa", plan_channel->pa);
        json_number(json, "size", plan_channel->size);
        json_time(json, "doorbell_interval_ns", doorbell != NULL ? doorbell->interval_ns : 0);
        print_members(json, view, channel);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_stores(struct json *json, const struct image_view *view, uint32_t manager)
{
    json_open(json, "stores", '[');
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        uint64_t size = image_view_store_size(view, manager, vm);
        if (size != 0) {
            json_open(json, NULL, '{');
            json_text(json, "vm", view->plan.vms[vm].name);
            json_number(json, "size", size);
            json_close(json, '}');
        }
    }
    json_close(json, ']');
}

void show_json_life(struct json *json, const struct image_view *view, uint32_t vm)
{
    const struct plan_vm *plan_vm = &view->plan.vms[vm];
    json_boolean(json, "manager", plan_vm->command_ipa != 0);
    if (plan_vm->command_ipa != 0) {
        print_stores(json, view, vm);
        json_number(json, "manager_intid", view->plan.plan->manager_intid);
    }
    if (plan_vm->watchdog.action == PLAN_WATCHDOG_NONE) {
        json_text(json, "watchdog", NULL);
    } else {
        json_open(json, "watchdog", '{');
        json_time(json, "period_ns", plan_vm->watchdog.period_ns);
        json_time(json, "first_ns", plan_vm->watchdog.first_ns);
        json_text(json, "action", show_watchdog_action_text(plan_vm->watchdog.action));
        json_text(json, "watcher", show_watcher(view, vm));
        json_close(json, '}');
    }
    if (plan_vm->restart_limit == 0) {
        json_text(json, "restart_limit", NULL);
    } else {
        json_open(json, "restart_limit", '{');
        json_number(json, "count", plan_vm->restart_limit);
        json_time(json, "per_ns", plan_vm->restart_period_ns);
        json_close(json, '}');
    }
}
