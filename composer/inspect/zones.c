/* SPDX-License-Identifier: Apache-2.0 */
/* Where the zones are (zones.h). */
#include "zones.h"

#include <inttypes.h>

#include "manager.h"
#include "observe.h"
#include "plan_gic.h"

static uint64_t pages_up(uint64_t size)
{
    return (size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
}

static void add_zone(struct image_view *view, uint64_t pa, uint64_t size, enum zone_kind kind,
                     uint32_t index, const char *what)
{
    spans_add(&view->zones, pa, pages_up(size), (uint32_t)kind << 16 | index, what);
}

/* Whole pages of a VM's copies, in the hypervisor's block. */
static void add_copies(struct image_view *view, uint32_t vm)
{
    const struct plan_hypervisor *hypervisor = &view->plan.plan->hypervisor;
    const struct plan_restore *restore = plan_view_restore(&view->plan, vm);
    struct spans copies = {0};
    for (uint32_t i = 0; i < view->plan.vms[vm].restore.count; i++) {
        if (restore[i].source_pa != 0 &&
            range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa,
                           restore[i].source_pa, restore[i].size)) {
            spans_add(&copies, restore[i].source_pa, restore[i].size, vm, NULL);
        }
    }
    spans_join(&copies);
    for (size_t i = 0; i < copies.count; i++) {
        uint64_t start = pages_up(copies.items[i].start);
        uint64_t end =
            (copies.items[i].start + copies.items[i].size) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
        if (start < end) {
            add_zone(view, start, end - start, ZONE_COPY, vm, "copy of the image of");
        }
    }
    spans_free(&copies);
}

const char *zone_name(const struct image_view *view, const struct span *zone,
                      char name[PART_NAME_SIZE])
{
    enum zone_kind kind = zone_kind(zone);
    uint32_t index = zone_index(zone);
    if (kind == ZONE_CHANNEL) {
        snprintf(name, PART_NAME_SIZE, "channel %s", view->plan.channels[index].name);
    } else if (kind == ZONE_STATUS || kind == ZONE_WATCHDOG || kind == ZONE_COPY) {
        snprintf(name, PART_NAME_SIZE, "%s %s", zone->what,
                 index < view->plan.vm_count ? view->vm_who[index] : "no vm");
    } else {
        snprintf(name, PART_NAME_SIZE, "%s", zone->what);
    }
    return name;
}

static void report_overlap(void *context, const struct span *first, const struct span *second)
{
    struct image_view *view = context;
    bool channel = zone_kind(first) == ZONE_CHANNEL || zone_kind(second) == ZONE_CHANNEL;
    char name[PART_NAME_SIZE];
    char other[PART_NAME_SIZE];
    bool interface = zone_kind(first) == ZONE_INTERFACE || zone_kind(second) == ZONE_INTERFACE;
    report_fail(view->report,
                interface ? PROPERTY_MEMORY_INTERRUPTS
                : channel ? PROPERTY_CHANNELS_MEMORY
                          : PROPERTY_HYPERVISOR_BLOCK,
                "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64, zone_name(view, second, name),
                second->start, zone_name(view, first, other), first->start);
}

/* Those that overlap have been reported; of them the first stays, so that each address is in one
 * zone at most. */
static void separate(struct spans *zones)
{
    size_t kept = 0;
    for (size_t i = 0; i < zones->count; i++) {
        const struct span *last = kept != 0 ? &zones->items[kept - 1] : NULL;
        if (last == NULL || zones->items[i].start >= last->start + last->size) {
            zones->items[kept++] = zones->items[i];
        }
    }
    zones->count = kept;
}

void zones_list(struct image_view *view)
{
    const struct plan_view *plan = &view->plan;
    const struct plan_hypervisor *hypervisor = &plan->plan->hypervisor;
    for (uint32_t i = 0; i < plan->channel_count; i++) {
        add_zone(view, plan->channels[i].pa, plan->channels[i].size, ZONE_CHANNEL, i, "channel");
    }
    for (uint32_t vm = 0; vm < PLAN_MAX_VMS; vm++) {
        add_zone(view, hypervisor->status_pa + (uint64_t)vm * PLAN_PAGE_SIZE, PLAN_PAGE_SIZE,
                 ZONE_STATUS, vm, "status page of");
        add_zone(view, hypervisor->watchdog_pa + (uint64_t)vm * PLAN_PAGE_SIZE, PLAN_PAGE_SIZE,
                 ZONE_WATCHDOG, vm, "watchdog page of");
    }
    add_zone(view, hypervisor->stats_pa, PLAN_MAX_VCPUS * sizeof(struct vcpu_stats), ZONE_OBSERVED,
             0, "counters");
    add_zone(view, hypervisor->log_pa, PLAN_MAX_CPUS * sizeof(struct log_ring), ZONE_OBSERVED, 0,
             "log");
    add_zone(view, hypervisor->manager_pa, sizeof(struct manager_page), ZONE_COMMANDS, 0,
             "command page");
    add_zone(view, plan->pa, plan->plan->total_size, ZONE_PLAN, 0, "plan");
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        add_copies(view, vm);
    }
    if (plan_has_gicv2(plan->plan)) {
        add_zone(view, plan->plan->gic.gicc_pa, PLAN_PAGE_SIZE, ZONE_INTERFACE, 0, "CPU interface");
        add_zone(view, plan->plan->gic.gicv_pa, PLAN_PAGE_SIZE, ZONE_INTERFACE, 1,
                 "virtual CPU interface");
    }
    spans_sort(&view->zones);
    spans_overlaps(&view->zones, report_overlap, view);
    separate(&view->zones);
}

struct zone_piece zone_piece_at(const struct image_view *view, const struct mapping *mapping,
                                uint64_t offset)
{
    struct zone_piece piece = {.mapping = *mapping};
    piece.mapping.address += offset;
    piece.mapping.pa += offset;
    piece.mapping.size -= offset;
    const struct span *zone = spans_overlapping(&view->zones, piece.mapping.pa, piece.mapping.size);
    if (zone == NULL) {
        return piece;
    }
    uint64_t end = zone->start;
    if (zone->start <= piece.mapping.pa) {
        piece.zone = zone;
        end = zone->start + zone->size;
    }
    if (end - piece.mapping.pa < piece.mapping.size) {
        piece.mapping.size = end - piece.mapping.pa;
    }
    return piece;
}
