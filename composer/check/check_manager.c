/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts on whom: the manager, and the CPUs that look at watchdogs. */
#include <inttypes.h>

#include "check_context.h"

static void check_commands(struct check *check)
{
    uint32_t manager = PLAN_NONE;
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        const struct mapping page = {.address = check->view.plan.vms[vm].command_ipa,
                                     .pa = check->view.plan.plan->hypervisor.manager_pa,
                                     .size = PLAN_PAGE_SIZE,
                                     .attributes = PLAN_MEMORY_READ};
        if (page.address == 0) {
            continue;
        }
        if (manager != PLAN_NONE) {
            report_fail(check->view.report, PROPERTY_MANAGER_PAGES, "%s and %s are both managers",
                        check->view.vm_who[manager], check->view.vm_who[vm]);
        }
        if (!image_view_leads(&check->view, vm, &page)) {
            report_fail(check->view.report, PROPERTY_MANAGER_PAGES,
                        "%s: no read-only command page at ipa 0x%" PRIx64, check->view.vm_who[vm],
                        page.address);
        }
        manager = vm;
    }
}

static void check_watchdog_page(struct check *check, uint32_t vm)
{
    const struct plan_watchdog *watchdog = &check->view.plan.vms[vm].watchdog;
    const struct mapping page = {.address = watchdog->page_ipa,
                                 .pa = check->view.plan.plan->hypervisor.watchdog_pa +
                                       (uint64_t)vm * PLAN_PAGE_SIZE,
                                 .size = PLAN_PAGE_SIZE,
                                 .attributes = PLAN_MEMORY_READ | PLAN_MEMORY_WRITE};
    if (watchdog->page_ipa != 0 && !image_view_leads(&check->view, vm, &page)) {
        report_fail(check->view.report, PROPERTY_WATCHDOGS_PAGE,
                    "%s: its watchdog's page is not at ipa 0x%" PRIx64, check->view.vm_who[vm],
                    page.address);
    }
}

/* Only where interrupts are virtual EL2 has a timer at work. */
static bool has_timer(const struct check *check, uint32_t cpu)
{
    uint32_t count = check->view.plan.cores[cpu].vcpus.count;
    for (uint32_t i = 0; i < count; i++) {
        if (check->view.plan.vms[plan_view_vcpu_on(&check->view.plan, cpu, i)->vm].delivery !=
            PLAN_DELIVERY_VIRTUAL) {
            return false;
        }
    }
    return count != 0;
}

static void check_watchers(struct check *check, uint32_t vm)
{
    bool watched = check->view.plan.vms[vm].watchdog.action != PLAN_WATCHDOG_NONE;
    uint32_t watchers = 0;
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        for (uint32_t i = 0; i < check->view.plan.cores[cpu].watched.count; i++) {
            if (plan_view_watched(&check->view.plan, cpu)[i] != vm) {
                continue;
            }
            watchers++;
            if (!has_timer(check, cpu) || image_view_runs_on(&check->view, vm, cpu)) {
                report_fail(check->view.report, PROPERTY_WATCHDOGS_WATCHER,
                            "%s can't look at the watchdog of %s", check->view.cpu_who[cpu],
                            check->view.vm_who[vm]);
            }
        }
    }
    if (watchers != (watched ? 1 : 0)) {
        report_fail(check->view.report, PROPERTY_WATCHDOGS_WATCHER, "%s has %s, %u CPUs look at it",
                    check->view.vm_who[vm], watched ? "a watchdog" : "no watchdog", watchers);
    }
}

void check_manager(struct check *check)
{
    check_commands(check);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_watchdog_page(check, vm);
        check_watchers(check, vm);
    }
}

bool check_vm_is_controllable_from(const struct check *check, uint32_t vm, uint32_t cpu)
{
    for (uint32_t other = 0; other < check->view.plan.vm_count; other++) {
        if (check->view.plan.vms[other].command_ipa != 0 &&
            image_view_runs_on(&check->view, other, cpu)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < check->view.plan.cores[cpu].watched.count; i++) {
        if (plan_view_watched(&check->view.plan, cpu)[i] == vm) {
            return true;
        }
    }
    return false;
}
