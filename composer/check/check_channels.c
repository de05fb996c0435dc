/* SPDX-License-Identifier: Apache-2.0 */
/* That channels are all there: their memory, the status of peers, and the way from each member
 * to each other. */
#include <inttypes.h>

#include "check_context.h"
#include "plan_gic.h"

#define EDGE_BIT(intid) ((intid) % 16 * 2 + 1) /* Arm IHI 0069H, 12.9.9 */

/* Neither the hypervisor nor a VM may have RAM there, and nothing of an earlier owner's. */
static void check_location(struct check *check, uint32_t channel)
{
    const struct plan_channel *plan_channel = &check->view.plan.channels[channel];
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    uint64_t where;
    if (ranges_overlap(plan_channel->pa, plan_channel->size, hypervisor->pa,
                       hypervisor->end_pa - hypervisor->pa)) {
        report_fail(check->view.report, PROPERTY_CHANNELS_MEMORY,
                    "channel %s at 0x%" PRIx64 " lies in the hypervisor", plan_channel->name,
                    plan_channel->pa);
    }
    if (!image_file_loads(check->view.image, plan_channel->pa, plan_channel->size)) {
        report_fail(check->view.report, PROPERTY_CHANNELS_MEMORY,
                    "channel %s at 0x%" PRIx64 " is not loaded whole", plan_channel->name,
                    plan_channel->pa);
    } else if (!image_file_is_zero(check->view.image, plan_channel->pa, plan_channel->size,
                                   &where)) {
        report_fail(check->view.report, PROPERTY_CHANNELS_MEMORY,
                    "channel %s is not zero at 0x%" PRIx64, plan_channel->name, where);
    }
}

static void check_member(struct check *check, uint32_t channel, uint32_t number)
{
    const struct plan_channel *plan_channel = &check->view.plan.channels[channel];
    const struct plan_member *members = plan_view_members(&check->view.plan, channel);
    const struct plan_member *member = &members[number];
    const struct mapping memory = {.address = member->ipa,
                                   .pa = plan_channel->pa,
                                   .size = plan_channel->size,
                                   .attributes = member->flags};
    if (!image_view_leads(&check->view, member->vm, &memory)) {
        report_fail(check->view.report, PROPERTY_CHANNELS_MEMORY,
                    "%s does not reach all of channel %s at ipa 0x%" PRIx64 " as its member may",
                    check->view.vm_who[member->vm], plan_channel->name, member->ipa);
    }
    for (uint32_t i = 0; i + 1 < plan_channel->members.count; i++) {
        uint32_t peer = members[plan_peer(number, i)].vm;
        const struct mapping status = {.address = member->status + (uint64_t)i * PLAN_PAGE_SIZE,
                                       .pa = check->view.plan.plan->hypervisor.status_pa +
                                             (uint64_t)peer * PLAN_PAGE_SIZE,
                                       .size = PLAN_PAGE_SIZE,
                                       .attributes = PLAN_MEMORY_READ};
        if (!image_view_leads(&check->view, member->vm, &status)) {
            report_fail(
                check->view.report, PROPERTY_CHANNELS_STATUS,
                "%s does not see the status of %s, its peer in channel %s, at ipa 0x%" PRIx64,
                check->view.vm_who[member->vm], check->view.vm_who[peer], plan_channel->name,
                status.address);
        }
    }
}

/* Interrupt @intid rings @vm; @name: where. */
static void check_interrupt(struct check *check, const char *name, uint32_t vm, uint32_t intid,
                            bool *taken)
{
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    if (!plan_vm_owns(&check->view.plan.vms[vm], intid)) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                    "interrupt %u rings in %s at %s, whose it is not", intid, name,
                    check->view.vm_who[vm]);
    }
    if ((gic->icfgr[intid / 16] >> EDGE_BIT(intid) & 1) == 0) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                    "interrupt %u rings in %s, but is not edge-triggered", intid, name);
    }
    if (taken[intid]) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                    "interrupt %u rings in %s and in another channel", intid, name);
    }
    taken[intid] = true;
}

/* What tells the manager that a VM is lost; there is one if there is a manager. */
static void check_manager_interrupt(struct check *check, bool *taken)
{
    uint32_t intid = check->view.plan.plan->manager_intid;
    bool managed = false;
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        if (check->view.plan.vms[vm].command_ipa != 0 && intid != 0) {
            check_interrupt(check, "the manager's node", vm, intid, taken);
        }
        managed = managed || check->view.plan.vms[vm].command_ipa != 0;
    }
    if (managed != (intid != 0)) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_INTERRUPTS,
                    managed ? "no interrupt tells the manager of lost VMs"
                            : "interrupt %u tells nobody of lost VMs",
                    intid);
    }
}

/* The doorbells of one member; each is marked in @known. */
static void check_ways(struct check *check, uint32_t channel, uint32_t number, bool *known)
{
    const struct plan_channel *plan_channel = &check->view.plan.channels[channel];
    const struct plan_member *members = plan_view_members(&check->view.plan, channel);
    uint32_t vm = members[number].vm;
    const struct plan_doorbell *doorbells = plan_view_doorbells(&check->view.plan, vm);
    for (uint32_t i = 0; i + 1 < plan_channel->members.count; i++) {
        uint32_t doorbell = members[number].doorbell + i;
        uint32_t intid = members[plan_peer(number, i)].intid;
        if (doorbell >= check->view.plan.vms[vm].doorbells.count || known[doorbell] ||
            doorbells[doorbell].intid != intid ||
            doorbells[doorbell].interval_ns != doorbells[members[number].doorbell].interval_ns) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_WAYS,
                        "doorbell %u of %s is not the one that rings %s in channel %s", doorbell,
                        check->view.vm_who[vm],
                        check->view.vm_who[members[plan_peer(number, i)].vm], plan_channel->name);
            return;
        }
        known[doorbell] = true;
    }
}

/* As many limiters are in use as there are doorbells, from the first one on. */
static uint32_t doorbell_count(const struct check *check)
{
    uint32_t count = 0;
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        count += check->view.plan.vms[vm].doorbells.count;
    }
    return count;
}

static void check_doorbells(struct check *check, uint32_t vm, bool *limiters)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const struct plan_doorbell *doorbells = plan_view_doorbells(&check->view.plan, vm);
    bool known[PLAN_MAX_DOORBELLS + PLAN_MAX_MEMBERS] = {false};
    for (uint32_t channel = 0; channel < check->view.plan.channel_count; channel++) {
        uint32_t number = plan_view_member_number(&check->view.plan, channel, vm);
        if (number != PLAN_NONE) {
            check_ways(check, channel, number, known);
        }
    }
    for (uint32_t i = 0; i < plan_vm->doorbells.count; i++) {
        if (!known[i]) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_WAYS,
                        "%s can ring interrupt %u, of no peer in a channel", check->view.vm_who[vm],
                        doorbells[i].intid);
        }
        if (doorbells[i].limiter >= doorbell_count(check)) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_WAYS,
                        "doorbell %u of %s has limiter %u, which is none's", i,
                        check->view.vm_who[vm], doorbells[i].limiter);
        }
        if (limiters[doorbells[i].limiter]) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_WAYS,
                        "doorbell %u of %s has the limiter of another: %u", i,
                        check->view.vm_who[vm], doorbells[i].limiter);
        }
        limiters[doorbells[i].limiter] = true;
    }
}

static bool list_has(const uint32_t *list, uint32_t count, uint32_t intid)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == intid) {
            return true;
        }
    }
    return false;
}

/* A doorbell has an interrupt of its own, so as many, and each of them, is all of them. */
static void check_notify(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const struct plan_doorbell *doorbells = plan_view_doorbells(&check->view.plan, vm);
    const uint32_t *notify = plan_view_notify(&check->view.plan, vm);
    for (uint32_t i = 0; i < plan_vm->doorbells.count; i++) {
        if (!list_has(notify, plan_vm->notify.count, doorbells[i].intid)) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_NOTIFY,
                        "a restart of %s does not ring interrupt %u", check->view.vm_who[vm],
                        doorbells[i].intid);
        }
    }
    if (plan_vm->notify.count != plan_vm->doorbells.count) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_NOTIFY,
                    "a restart of %s rings %u interrupts, it has %u doorbells",
                    check->view.vm_who[vm], plan_vm->notify.count, plan_vm->doorbells.count);
    }
}

static void check_doorbell_pages(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    uint64_t size = (uint64_t)plan_vm->doorbells.count * PLAN_PAGE_SIZE;
    if (plan_gic_is_emulated(&check->view.plan, vm, plan_vm->doorbell_ipa, size)) {
        report_fail(check->view.report, PROPERTY_DOORBELLS_PAGES,
                    "%s: its doorbells lie over its interrupt controller", check->view.vm_who[vm]);
    }
    for (size_t i = 0; i < check->view.stage2[vm].mapping_count; i++) {
        const struct mapping *mapping = &check->view.stage2[vm].mappings[i];
        if (ranges_overlap(mapping->address, mapping->size, plan_vm->doorbell_ipa, size)) {
            report_fail(check->view.report, PROPERTY_DOORBELLS_PAGES,
                        "%s: ipa " SPAN_FORMAT " is mapped over its doorbells",
                        check->view.vm_who[vm], SPAN_ARGUMENTS(mapping->address, mapping->size));
        }
    }
}

void check_channels(struct check *check)
{
    bool taken[PLAN_MAX_INTIDS] = {false};
    bool limiters[PLAN_MAX_DOORBELLS] = {false};
    for (uint32_t channel = 0; channel < check->view.plan.channel_count; channel++) {
        check_location(check, channel);
        for (uint32_t i = 0; i < check->view.plan.channels[channel].members.count; i++) {
            check_member(check, channel, i);
            const struct plan_member *member = &plan_view_members(&check->view.plan, channel)[i];
            check_interrupt(check, check->view.plan.channels[channel].name, member->vm,
                            member->intid, taken);
        }
    }
    check_manager_interrupt(check, taken);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_doorbells(check, vm, limiters);
        check_notify(check, vm);
        check_doorbell_pages(check, vm);
    }
}
