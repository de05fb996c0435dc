/* SPDX-License-Identifier: Apache-2.0 */
/* What an info page should say (check_info.h). */
#include "check_info.h"

#include <string.h>

static void expect_peer(const struct check *check, uint32_t channel, uint32_t own, uint32_t index,
                        struct info_peer *peer)
{
    const struct plan_member *members = plan_view_members(&check->view.plan, channel);
    uint32_t number = plan_peer(own, index);
    uint32_t doorbell = members[own].doorbell + index;
    *peer = (struct info_peer){
        .doorbell = check->view.plan.vms[members[own].vm].doorbell_ipa +
                    (uint64_t)doorbell * PLAN_PAGE_SIZE,
        .status = members[own].status + (uint64_t)index * PLAN_PAGE_SIZE,
        .member = number,
        .number = doorbell,
    };
    memcpy(peer->vm, check->view.plan.vms[members[number].vm].name, sizeof(peer->vm));
}

static void expect_channel(const struct check *check, uint32_t channel, uint32_t own,
                           struct info_channel *expected)
{
    const struct plan_channel *plan_channel = &check->view.plan.channels[channel];
    const struct plan_member *member = &plan_view_members(&check->view.plan, channel)[own];
    const struct plan_vm *vm = &check->view.plan.vms[member->vm];
    *expected = (struct info_channel){
        .memory = member->ipa,
        .memory_size = plan_channel->size,
        .interrupt = member->intid,
        .flags = (member->flags & PLAN_MEMORY_WRITE) != 0 ? INFO_CHANNEL_WRITE : 0,
        .member = own,
        .peer_count = plan_channel->members.count - 1,
    };
    if (member->doorbell < vm->doorbells.count) {
        expected->interval =
            plan_view_doorbells(&check->view.plan, member->vm)[member->doorbell].interval_ns;
    }
    memcpy(expected->name, plan_channel->name, sizeof(expected->name));
    for (uint32_t i = 0; i < expected->peer_count && i < INFO_MAX_PEERS; i++) {
        expect_peer(check, channel, own, i, &expected->peers[i]);
    }
}

void check_info_expected(const struct check *check, uint32_t vm, struct info_page *expected)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    *expected = (struct info_page){
        .magic = INFO_MAGIC,
        .version = INFO_VERSION,
        .vm = vm,
        .vcpu_count = plan_vm->vcpu_count,
        .watchdog = plan_vm->watchdog.page_ipa,
        .watchdog_period = plan_vm->watchdog.period_ns,
    };
    memcpy(expected->name, plan_vm->name, sizeof(expected->name));
    for (uint32_t i = 0; i < plan_vm->vcpu_count && i < INFO_MAX_VCPUS; i++) {
        expected->vcpus[i].mpidr = check->view.plan.vcpus[plan_vm->first_vcpu + i].mpidr;
        expected->vcpus[i].cpu =
            check->view.plan.cores[check->view.plan.vcpus[plan_vm->first_vcpu + i].cpu].number;
    }
    for (uint32_t channel = 0; channel < check->view.plan.channel_count; channel++) {
        uint32_t own = plan_view_member_number(&check->view.plan, channel, vm);
        if (own == PLAN_NONE) {
            continue;
        }
        if (expected->channel_count < INFO_MAX_CHANNELS) {
            expect_channel(check, channel, own, &expected->channels[expected->channel_count]);
        }
        expected->channel_count++; /* one too many is refused, since no page can say so */
    }
}
