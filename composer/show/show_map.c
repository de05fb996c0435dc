/* SPDX-License-Identifier: Apache-2.0 */
/* Puts together who has what, from the plan and from what a walk of the tables met. */
#include "show_map.h"

#include <stdlib.h>
#include <string.h>

#define HYPERVISOR "hypervisor"

static void add_row(struct map *map, uint64_t start, uint64_t size, const char *what,
                    const char *owner, const char *access)
{
    struct map_row *last = map->count != 0 ? &map->rows[map->count - 1] : NULL;
    if (last != NULL && last->start + last->size == start && last->owner == owner &&
        last->access == access && strcmp(last->what, what) == 0) {
        last->size += size;
        return;
    }
    if (map->count == map->room) {
        map->room = map->room != 0 ? 2 * map->room : 64;
        map->rows = memory_or_exit(map->rows, map->room, sizeof(map->rows[0]));
    }
    struct map_row *row = &map->rows[map->count++];
    *row = (struct map_row){.start = start, .size = size, .owner = owner, .access = access};
    snprintf(row->what, sizeof(row->what), "%s", what);
}

static const char *access_text(uint32_t flags)
{
    static const char *const texts[] = {"-", "R", "W", "RW", "X", "RX", "WX", "RWX"};
    return (flags & PLAN_MEMORY_DEVICE) != 0 ? "RW device" : texts[flags & 7];
}

/* The right of the hypervisor's CPUs to its parts (el2_map.h). */
static const char *part_access(const struct span *part)
{
    if (strcmp(part->what, "text") == 0) {
        return access_text(PLAN_MEMORY_READ | PLAN_MEMORY_EXEC);
    }
    bool data = strcmp(part->what, "shared data") == 0 || strcmp(part->what, "data") == 0 ||
                strcmp(part->what, "info page") == 0;
    return access_text(data ? PLAN_MEMORY_READ | PLAN_MEMORY_WRITE : PLAN_MEMORY_READ);
}

/* A row for what of [start, start + size) the sorted and joined @taken leaves. */
static void add_gaps(struct map *map, const struct spans *taken, uint64_t start, uint64_t size,
                     const char *what, const char *owner)
{
    uint64_t at = start;
    uint64_t end = start + size;
    while (at < end) {
        const struct span *next = spans_overlapping(taken, at, end - at);
        uint64_t stop = next != NULL && next->start > at ? next->start : next != NULL ? at : end;
        if (stop > at) {
            add_row(map, at, stop - at, what, owner, NULL);
        }
        at = next != NULL ? next->start + next->size : end;
    }
}

static void add_hypervisor(const struct image_view *view, struct map *map)
{
    const struct plan_hypervisor *hypervisor = &view->plan.plan->hypervisor;
    struct spans taken = {0};
    for (size_t i = 0; i < view->parts.count; i++) {
        const struct span *part = &view->parts.items[i];
        char name[PART_NAME_SIZE];
        add_row(map, part->start, part->size, image_view_part_name(view, part, name), HYPERVISOR,
                part_access(part));
        spans_add(&taken, part->start, part->size, 0, NULL);
    }
    spans_join(&taken);
    add_gaps(map, &taken, hypervisor->pa, hypervisor->end_pa - hypervisor->pa, "unused",
             HYPERVISOR);
    spans_free(&taken);
}

static void add_vms(const struct image_view *view, struct map *map)
{
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
        for (uint32_t i = 0; i < view->plan.vms[vm].memory.count; i++) {
            if (image_view_is_ram(view, vm, &memory[i])) {
                const char *what = (memory[i].flags & PLAN_MEMORY_ROM) != 0 ? "ROM" : "RAM";
                add_row(map, memory[i].pa, memory[i].size, what, view->vm_who[vm],
                        access_text(memory[i].flags));
            }
        }
    }
}

static void add_regions(const struct image_view *view, struct map *map)
{
    for (uint32_t i = 0; i < view->plan.region_count; i++) {
        const struct plan_region *region = &view->plan.regions[i];
        if (region->kind == PLAN_REGION_INTERRUPTS) {
            add_row(map, region->pa, region->size, region->name, HYPERVISOR,
                    access_text(PLAN_MEMORY_DEVICE));
        } else if (region->kind == PLAN_REGION_DEVICE) {
            const char *owner = region->owner != PLAN_NONE ? view->vm_who[region->owner] : NULL;
            add_row(map, region->pa, region->size, region->name, owner,
                    owner != NULL ? access_text(PLAN_MEMORY_DEVICE) : NULL);
        }
    }
}

/* Each channel is its members' together; who they are is listed with the channels. */
static void add_channels(const struct image_view *view, struct map *map)
{
    for (uint32_t i = 0; i < view->plan.channel_count; i++) {
        const struct plan_channel *channel = &view->plan.channels[i];
        char what[PART_NAME_SIZE];
        snprintf(what, sizeof(what), "channel %s", channel->name);
        add_row(map, channel->pa, channel->size, what, "its members", "by member");
    }
}

static void add_free_ram(const struct image_view *view, struct map *map)
{
    const struct plan_hypervisor *hypervisor = &view->plan.plan->hypervisor;
    struct spans taken = {0};
    spans_add(&taken, hypervisor->pa, hypervisor->end_pa - hypervisor->pa, 0, NULL);
    for (uint32_t i = 0; i < view->plan.channel_count; i++) {
        spans_add(&taken, view->plan.channels[i].pa, view->plan.channels[i].size, 0, NULL);
    }
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        for (size_t i = 0; i < view->vm_ram[vm].count; i++) {
            spans_add(&taken, view->vm_ram[vm].items[i].start, view->vm_ram[vm].items[i].size, 0,
                      NULL);
        }
    }
    spans_join(&taken);
    for (size_t i = 0; i < view->ram.count; i++) {
        add_gaps(map, &taken, view->ram.items[i].start, view->ram.items[i].size, "free RAM", NULL);
    }
    spans_free(&taken);
}

static int compare_rows(const void *left, const void *right)
{
    const struct map_row *a = left;
    const struct map_row *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->size != b->size ? (a->size < b->size ? -1 : 1) : strcmp(a->what, b->what);
}

void map_make(const struct image_view *view, struct map *map)
{
    *map = (struct map){0};
    add_hypervisor(view, map);
    add_vms(view, map);
    add_channels(view, map);
    add_regions(view, map);
    add_free_ram(view, map);
    if (map->count > 1) {
        qsort(map->rows, map->count, sizeof(map->rows[0]), compare_rows);
    }
}

void map_free(struct map *map)
{
    free(map->rows);
    *map = (struct map){0};
}
