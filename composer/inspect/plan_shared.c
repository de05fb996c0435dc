/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of the plan that are about living together: channels, doorbells, watchdogs, the
 * manager. */
#include <inttypes.h>
#include <string.h>

#include "plan_fields.h"
#include "el2_map.h"
#include "info.h"

/* Shorter times would keep the CPU that looks, or is rung, from doing anything else. */
#define WATCHDOG_LEAST_NS 1000000U
#define RESTART_LEAST_NS  1000000U
#define INTERVAL_LEAST_NS 1000U

static bool is_spi(const struct plan_view *view, uint32_t intid)
{
    return intid >= PLAN_FIRST_SPI && intid < view->plan->gic.intid_count;
}

static void check_doorbell_fields(struct fields *fields, uint32_t index)
{
    const struct plan_vm *vm = &fields->view->vms[index];
    const struct plan_doorbell *doorbells = plan_view_doorbells(fields->view, index);
    SAY_WHERE(fields, "vm %.32s", vm->name);
    require(fields, vm->doorbells.count <= PLAN_MAX_DOORBELLS, "number of doorbells",
            vm->doorbells.count);
    require(fields, vm->notify.count <= PLAN_MAX_DOORBELLS, "number of those to notify",
            vm->notify.count);
    if (vm->doorbells.count != 0) {
        require_range(fields, vm->doorbell_ipa, (uint64_t)vm->doorbells.count * PLAN_PAGE_SIZE,
                      PA_END, PLAN_PAGE_SIZE, "doorbell_ipa");
    }
    for (uint32_t i = 0; i < vm->doorbells.count; i++) {
        SAY_WHERE(fields, "vm %.32s: doorbell %u", vm->name, i);
        require(fields, is_spi(fields->view, doorbells[i].intid), "intid", doorbells[i].intid);
        require(fields, doorbells[i].limiter < PLAN_MAX_DOORBELLS, "limiter", doorbells[i].limiter);
        require_time(fields, doorbells[i].interval_ns,
                     doorbells[i].interval_ns != 0 ? INTERVAL_LEAST_NS : 0, "interval_ns");
    }
    for (uint32_t i = 0; i < vm->notify.count; i++) {
        SAY_WHERE(fields, "vm %.32s: notify %u", vm->name, i);
        require(fields, is_spi(fields->view, plan_view_notify(fields->view, index)[i]), "intid",
                plan_view_notify(fields->view, index)[i]);
    }
}

static void check_life_fields(struct fields *fields, uint32_t index)
{
    const struct plan_vm *vm = &fields->view->vms[index];
    const struct plan_watchdog *watchdog = &vm->watchdog;
    bool watched = watchdog->action != PLAN_WATCHDOG_NONE;
    SAY_WHERE(fields, "vm %.32s", vm->name);
    require_aligned(fields, vm->command_ipa, PLAN_PAGE_SIZE, "command_ipa");
    require(fields, watchdog->action <= PLAN_WATCHDOG_STOP, "watchdog.action", watchdog->action);
    require(fields, watched || watchdog->period_ns == 0, "watchdog.period_ns", watchdog->period_ns);
    require_time(fields, watchdog->period_ns, watched ? WATCHDOG_LEAST_NS : 0,
                 "watchdog.period_ns");
    require_time(fields, watchdog->first_ns, watchdog->period_ns, "watchdog.first_ns");
    require_aligned(fields, watchdog->page_ipa, PLAN_PAGE_SIZE, "watchdog.page_ipa");
    require(fields, vm->restart_limit <= PLAN_MAX_RESTARTS, "restart_limit", vm->restart_limit);
    require(fields, vm->restart_limit != 0 || vm->restart_period_ns == 0, "restart_period_ns",
            vm->restart_period_ns);
    require_time(fields, vm->restart_period_ns, vm->restart_limit != 0 ? RESTART_LEAST_NS : 0,
                 "restart_period_ns");
}

static void check_channel_fields(struct fields *fields, uint32_t index)
{
    const struct plan_view *view = fields->view;
    const struct plan_channel *channel = &view->channels[index];
    const struct plan_member *members = plan_view_members(view, index);
    uint32_t count = channel->members.count;
    SAY_WHERE(fields, "channel %u", index);
    require_name(fields, channel->name);
    for (uint32_t i = 0; i < index; i++) {
        require(fields, memcmp(channel->name, view->channels[i].name, PLAN_NAME_SIZE) != 0,
                "name: the same as that of channel", i);
    }
    require_range(fields, channel->pa, channel->size, EL2_WINDOW_SIZE, PLAN_PAGE_SIZE, "pa");
    require(fields, count >= 2 && count <= PLAN_MAX_MEMBERS, "number of members", count);
    for (uint32_t i = 0; i < count; i++) {
        SAY_WHERE(fields, "channel %u: member %u", index, i);
        require(fields, members[i].vm < view->vm_count, "vm", members[i].vm);
        for (uint32_t other = 0; other < i; other++) {
            require(fields, members[other].vm != members[i].vm, "vm, a member already,",
                    members[i].vm);
        }
        require(fields, (members[i].flags & ~PLAN_MEMORY_WRITE) == PLAN_MEMORY_READ, "flags",
                members[i].flags);
        require_range(fields, members[i].ipa, channel->size, PA_END, PLAN_PAGE_SIZE, "ipa");
        require_range(fields, members[i].status, (uint64_t)count * PLAN_PAGE_SIZE, PA_END,
                      PLAN_PAGE_SIZE, "status");
        require(fields, is_spi(view, members[i].intid), "intid", members[i].intid);
        require(fields, members[i].doorbell <= PLAN_MAX_DOORBELLS, "doorbell", members[i].doorbell);
    }
}

/* Its info page has room for so many, and says how many there are. */
static void check_channel_count(struct fields *fields, uint32_t vm)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < fields->view->channel_count; i++) {
        count += plan_view_member_number(fields->view, i, vm) != PLAN_NONE;
    }
    SAY_WHERE(fields, "vm %.32s", fields->view->vms[vm].name);
    require(fields, count <= INFO_MAX_CHANNELS, "number of channels", count);
}

bool check_plan_shared_fields(const struct plan_view *view, struct report *report)
{
    struct fields fields = {.view = view, .report = report, .good = true};
    SAY_WHERE(&fields, "plan");
    require(&fields, view->channel_count <= PLAN_MAX_CHANNELS, "number of channels",
            view->channel_count);
    for (uint32_t i = 0; i < view->vm_count; i++) {
        check_doorbell_fields(&fields, i);
        check_life_fields(&fields, i);
    }
    for (uint32_t i = 0; fields.good && i < view->channel_count; i++) {
        check_channel_fields(&fields, i);
    }
    for (uint32_t i = 0; fields.good && i < view->vm_count; i++) {
        check_channel_count(&fields, i);
    }
    for (uint32_t i = 0; i < view->plan->cpu_count; i++) {
        SAY_WHERE(&fields, "core %u", i);
        require(&fields, view->cores[i].watched.count <= view->vm_count, "number of watched VMs",
                view->cores[i].watched.count);
        for (uint32_t k = 0; k < view->cores[i].watched.count; k++) {
            require(&fields, plan_view_watched(view, i)[k] < view->vm_count, "a watched VM",
                    plan_view_watched(view, i)[k]);
        }
    }
    return fields.good;
}

void check_plan_shared_unused(const struct plan_view *view, struct report *report)
{
    for (uint32_t i = 0; i < view->vm_count; i++) {
        const struct plan_vm *vm = &view->vms[i];
        const struct plan_watchdog *watchdog = &vm->watchdog;
        require_offset_zero(report, vm->doorbells, "doorbells' offset of vm", i);
        require_offset_zero(report, vm->notify, "notify's offset of vm", i);
        require_zero(report, &vm->doorbell_ipa,
                     vm->doorbells.count != 0 ? 0 : sizeof(vm->doorbell_ipa), "doorbell_ipa of vm",
                     i);
        require_zero(report, &watchdog->reserved, sizeof(watchdog->reserved),
                     "reserved word of the watchdog of vm", i);
        require_zero(report, watchdog,
                     watchdog->action != PLAN_WATCHDOG_NONE ? 0 : sizeof(*watchdog),
                     "watchdog of vm", i);
    }
    for (uint32_t i = 0; i < view->channel_count; i++) {
        require_name_end_zero(report, view->channels[i].name, "name of channel", i);
    }
    for (uint32_t i = 0; i < view->plan->cpu_count; i++) {
        require_offset_zero(report, view->cores[i].watched, "watched VMs' offset of core", i);
    }
    require_offset_zero(report, view->plan->channels, "channels' offset", 0);
    require_zero(report, &view->plan->reserved, sizeof(view->plan->reserved),
                 "the plan's reserved word", 0);
}
