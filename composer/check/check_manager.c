/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts on whom: the manager, and the CPUs that look at watchdogs. */
#include <inttypes.h>

#include "check_zones.h"

static void check_commands(struct check *check)
{
    uint32_t manager = PLAN_NONE;
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct mapping page = {.address = check->plan.vms[vm].command_ipa,
                                     .pa = check->plan.plan->hypervisor.manager_pa,
                                     .size = PLAN_PAGE_SIZE,
                                     .attributes = PLAN_MEMORY_READ};
        if (page.address == 0) {
            continue;
        }
        if (manager != PLAN_NONE) {
            report_fail(check->report, PROPERTY_MANAGER_PAGES, "%s and %s are both managers", check->vm_who[manager],
                        check->vm_who[vm]);
        }
        if (!check_leads(check, vm, &page)) {
            report_fail(check->report, PROPERTY_MANAGER_PAGES, "%s: no read-only command page at ipa 0x%" PRIx64,
                        check->vm_who[vm], page.address);
        }
        manager = vm;
    }
}

static void check_watchdog_page(struct check *check, uint32_t vm)
{
    const struct plan_watchdog *watchdog = &check->plan.vms[vm].watchdog;
    const struct mapping page = {.address = watchdog->page_ipa,
                                 .pa = check->plan.plan->hypervisor.watchdog_pa + (uint64_t)vm * PLAN_PAGE_SIZE,
                                 .size = PLAN_PAGE_SIZE,
                                 .attributes = PLAN_MEMORY_READ | PLAN_MEMORY_WRITE};
    if (watchdog->page_ipa != 0 && !check_leads(check, vm, &page)) {
        report_fail(check->report, PROPERTY_WATCHDOGS_PAGE, "%s: its watchdog's page is not at ipa 0x%" PRIx64,
                    check->vm_who[vm], page.address);
    }
}

/* Only where interrupts are virtual EL2 has a timer at work. */
static bool has_timer(const struct check *check, uint32_t cpu)
{
    uint32_t count = check->plan.cores[cpu].vcpus.count;
    for (uint32_t i = 0; i < count; i++) {
        if (check->plan.vms[plan_view_vcpu_on(&check->plan, cpu, i)->vm].delivery != PLAN_DELIVERY_VIRTUAL) {
            return false;
        }
    }
    return count != 0;
}

static void check_watchers(struct check *check, uint32_t vm)
{
    bool watched = check->plan.vms[vm].watchdog.action != PLAN_WATCHDOG_NONE;
    uint32_t watchers = 0;
    for (uint32_t cpu = 0; cpu < check->plan.plan->cpu_count; cpu++) {
        for (uint32_t i = 0; i < check->plan.cores[cpu].watched.count; i++) {
            if (plan_view_watched(&check->plan, cpu)[i] != vm) {
                continue;
            }
            watchers++;
            if (!has_timer(check, cpu) || check_vm_runs_on(check, vm, cpu)) {
                report_fail(check->report, PROPERTY_WATCHDOGS_WATCHER, "%s can't look at the watchdog of %s",
                            check->cpu_who[cpu], check->vm_who[vm]);
            }
        }
    }
    if (watchers != (watched ? 1 : 0)) {
        report_fail(check->report, PROPERTY_WATCHDOGS_WATCHER, "%s has %s, %u CPUs look at it", check->vm_who[vm],
                    watched ? "a watchdog" : "no watchdog", watchers);
    }
}

void check_manager(struct check *check)
{
    check_commands(check);
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        check_watchdog_page(check, vm);
        check_watchers(check, vm);
    }
}

bool check_vm_is_governed_on(const struct check *check, uint32_t vm, uint32_t cpu)
{
    for (uint32_t other = 0; other < check->plan.vm_count; other++) {
        if (check->plan.vms[other].command_ipa != 0 && check_vm_runs_on(check, other, cpu)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < check->plan.cores[cpu].watched.count; i++) {
        if (plan_view_watched(&check->plan, cpu)[i] == vm) {
            return true;
        }
    }
    return false;
}

uint64_t check_store_size(const struct check *check, uint32_t manager, uint32_t vm)
{
    uint64_t size = 0;
    for (size_t i = 0; i < check->stage2[manager].mapping_count; i++) {
        const struct mapping *mapping = &check->stage2[manager].mappings[i];
        for (uint64_t done = 0; done < mapping->size;) {
            struct zone_piece piece = zone_piece_at(check, mapping, done);
            bool writes = (mapping->attributes & PLAN_MEMORY_WRITE) != 0;
            if (writes && piece.zone != NULL && zone_kind(piece.zone) == ZONE_COPY && zone_index(piece.zone) == vm) {
                size += piece.mapping.size;
            }
            done += piece.mapping.size;
        }
    }
    return size;
}
