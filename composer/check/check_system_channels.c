/* SPDX-License-Identifier: Apache-2.0 */
/* Channels against the system's file. */
#include <inttypes.h>
#include <string.h>

#include "check_context.h"

static void check_member(struct check *check, uint32_t channel, uint32_t number,
                         const yaml_node_t *asked, uint64_t interval)
{
    struct system_source *system = check->sources->system;
    const struct plan_member *member = &plan_view_members(&check->view.plan, channel)[number];
    const struct plan_vm *vm = &check->view.plan.vms[member->vm];
    const char *name = config_text(asked);
    name = name != NULL ? name : config_word(&system->config, asked, "vm", "");
    bool write =
        strcmp(config_word(&system->config, asked, "access", "read-write"), "read-write") == 0;
    if (strcmp(vm->name, name) != 0 || write != ((member->flags & PLAN_MEMORY_WRITE) != 0)) {
        report_fail(check->view.report, PROPERTY_SYSTEM_CHANNELS,
                    "member %u of channel %s is %s (%s), %s says %s (%s)", number,
                    check->view.plan.channels[channel].name, vm->name,
                    (member->flags & PLAN_MEMORY_WRITE) != 0 ? "read-write" : "read-only",
                    system->path, name, write ? "read-write" : "read-only");
    }
    for (uint32_t i = 0; i + 1 < check->view.plan.channels[channel].members.count; i++) {
        uint32_t doorbell = member->doorbell + i;
        if (doorbell < vm->doorbells.count &&
            plan_view_doorbells(&check->view.plan, member->vm)[doorbell].interval_ns != interval) {
            report_fail(check->view.report, PROPERTY_SYSTEM_CHANNELS,
                        "doorbells of channel %s ring each %" PRIu64 " ns, %s says %" PRIu64,
                        check->view.plan.channels[channel].name,
                        plan_view_doorbells(&check->view.plan, member->vm)[doorbell].interval_ns,
                        system->path, interval);
        }
    }
}

static void check_channel(struct check *check, uint32_t channel, const yaml_node_t *asked)
{
    struct system_source *system = check->sources->system;
    const struct plan_channel *plan_channel = &check->view.plan.channels[channel];
    const yaml_node_t *between = config_get(&system->config, asked, "between");
    if (strcmp(plan_channel->name, config_word(&system->config, asked, "name", "")) != 0 ||
        plan_channel->size != config_number(&system->config, asked, "memory", 0) ||
        config_item(&system->config, between, plan_channel->members.count) != NULL) {
        report_fail(check->view.report, PROPERTY_SYSTEM_CHANNELS,
                    "channel %u is %s of 0x%" PRIx64 " bytes with %u members, not as in %s",
                    channel, plan_channel->name, plan_channel->size, plan_channel->members.count,
                    system->path);
    }
    for (uint32_t i = 0; i < plan_channel->members.count; i++) {
        check_member(check, channel, i, config_item(&system->config, between, i),
                     config_number(&system->config, asked, "doorbell-interval", 0));
    }
}

void check_system_channels(struct check *check)
{
    struct system_source *system = check->sources->system;
    const yaml_node_t *list = system_get(system, "channels");
    for (uint32_t i = 0; i < check->view.plan.channel_count; i++) {
        check_channel(check, i, config_item(&system->config, list, i));
    }
    if (config_item(&system->config, list, check->view.plan.channel_count) != NULL) {
        report_fail(check->view.report, PROPERTY_SYSTEM_CHANNELS,
                    "there are %u channels, %s has more", check->view.plan.channel_count,
                    system->path);
    }
}
