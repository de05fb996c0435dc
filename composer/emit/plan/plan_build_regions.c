/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists what lies where on the board (plan_build.h).
 *
 * Stage 2 protects whole pages, so devices that share a page are one region: a VM that has one of
 * them reaches all. That is refused where another VM has one of them, where it belongs to the
 * interrupt controller, and where it can do DMA although the VM's own devices may not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "plan_build.h"

/* A region with what is needed to judge it. */
struct entry {
    struct range range;
    const char *name;
    uint32_t kind;
    uint32_t owner;
    bool dma;
    unsigned merged; /* further devices in it */
};

struct entries {
    struct entry *list;
    size_t count;
};

static bool in_gic(const struct board *board, struct range range)
{
    for (size_t i = 0; i < board->gic_frame_count; i++) {
        if (ranges_overlap(range, board->gic_frames[i].range)) {
            return true;
        }
    }
    return false;
}

static bool in_ram(const struct board *board, struct range range)
{
    for (size_t i = 0; i < board->ram_count; i++) {
        if (ranges_overlap(range, board->ram[i])) {
            return true;
        }
    }
    return false;
}

static bool device_collect(const struct system *system, const struct board_device *device,
                           struct entries *entries)
{
    for (size_t i = 0; i < device->reg_count; i++) {
        struct range range = range_to_pages(device->regs[i]);
        if (device->regs[i].size == 0 ||
            (device->interrupt_controller && in_gic(&system->board, device->regs[i]))) {
            continue;
        }
        if (in_ram(&system->board, range)) {
            /* Nodes that only describe RAM have registers of that kind; nobody can be given
             * them. */
            if (device->owner == PLAN_NONE) {
                continue;
            }
            error(system->vms[device->owner].location,
                  "device '%s' of vm '%s' has its registers at 0x%llx, in RAM; "
                  "leave it out",
                  device->name, system->vms[device->owner].name, (unsigned long long)range.start);
            return false;
        }
        *ARRAY_ADD(entries->list, entries->count) = (struct entry){
            .range = range,
            .name = device->name,
            .kind = device->interrupt_controller ? PLAN_REGION_INTERRUPTS : PLAN_REGION_DEVICE,
            .owner = device->owner,
            .dma = device->dma,
        };
    }
    return true;
}

static void fixed_add(struct entries *entries, struct range range, const char *name, uint32_t kind)
{
    *ARRAY_ADD(entries->list, entries->count) = (struct entry){
        .range = range_to_pages(range), .name = name, .kind = kind, .owner = PLAN_NONE};
}

static int entry_compare(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    if (left->range.start != right->range.start) {
        return left->range.start < right->range.start ? -1 : 1;
    }
    if (left->range.size != right->range.size) {
        return left->range.size > right->range.size ? -1 : 1;
    }
    return strcmp(left->name, right->name);
}

/* Whether the VM that has one of the two may reach the other. */
static bool may_share(const struct system *system, const struct entry *a, const struct entry *b)
{
    const struct entry *owned = a->owner != PLAN_NONE ? a : b;
    const struct entry *other = owned == a ? b : a;

    if (owned->owner == PLAN_NONE || owned->owner == other->owner) {
        return true;
    }

    const struct vm *vm = &system->vms[owned->owner];
    const char *reason = NULL;
    if (other->owner != PLAN_NONE) {
        reason =
            text_format("belongs to vm '%s'; give both to one VM", system->vms[other->owner].name);
    } else if (other->kind == PLAN_REGION_INTERRUPTS) {
        reason = "belongs to the interrupt controller; leave it out";
    } else if (other->dma && !vm->dma_trusted) {
        reason = "can read and write all memory by itself; leave it out, or write 'dma: trusted'";
    }
    if (reason != NULL) {
        error(vm->location, "device '%s' of vm '%s' shares a page with '%s', which %s", owned->name,
              vm->name, other->name, reason);
    }
    return reason == NULL;
}

/* Adds @next to @region, whose pages it shares. */
static void entry_merge(struct entry *region, const struct entry *next)
{
    uint64_t end = range_end(region->range) > range_end(next->range) ? range_end(region->range)
                                                                     : range_end(next->range);

    region->range.size = end - region->range.start;
    region->dma |= next->dma;
    if (next->kind == PLAN_REGION_INTERRUPTS) {
        region->kind = PLAN_REGION_INTERRUPTS;
    }
    if (region->owner == PLAN_NONE && next->owner != PLAN_NONE) {
        region->owner = next->owner;
        region->name = next->name;
    }
    region->merged++;
}

static void region_set(struct plan_region *region, const struct entry *entry)
{
    *region = (struct plan_region){
        .pa = entry->range.start,
        .size = entry->range.size,
        .kind = entry->kind,
        .owner = entry->owner,
        .flags = entry->dma ? PLAN_REGION_DMA : 0,
    };
    const char *more = entry->merged == 0 ? "" : text_format(" +%u", entry->merged);
    snprintf(region->name, sizeof(region->name), "%.*s%s", (int)(PLAN_NAME_SIZE - 1 - strlen(more)),
             entry->name, more);
}

bool plan_list_regions(const struct system *system, struct region_list *list)
{
    const struct board *board = &system->board;
    struct entries entries = {0};
    bool sound = true;

    for (size_t i = 0; i < board->device_count; i++) {
        sound &= device_collect(system, &board->devices[i], &entries);
    }
    for (size_t i = 0; i < board->ram_count; i++) {
        fixed_add(&entries, board->ram[i], "ram", PLAN_REGION_RAM);
    }
    for (size_t i = 0; i < board->gic_frame_count; i++) {
        fixed_add(&entries, board->gic_frames[i].range, board->gic_frames[i].name,
                  PLAN_REGION_INTERRUPTS);
    }
    if (entries.count > 0) {
        qsort(entries.list, entries.count, sizeof(*entries.list), entry_compare);
    }

    size_t count = 0;
    for (size_t i = 0; i < entries.count; i++) {
        struct entry *region = count > 0 ? &entries.list[count - 1] : NULL;
        const struct entry *next = &entries.list[i];
        if (region != NULL && ranges_overlap(region->range, next->range)) {
            sound &= may_share(system, region, next);
            entry_merge(region, next);
        } else {
            entries.list[count++] = *next;
        }
    }

    *list = (struct region_list){memory_new(count, sizeof(*list->regions)), count};
    for (size_t i = 0; i < count; i++) {
        region_set(&list->regions[i], &entries.list[i]);
    }
    return sound;
}
