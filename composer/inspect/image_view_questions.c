/* SPDX-License-Identifier: Apache-2.0 */
/* What is what and whose in an image (image_view.h). */
#include <stdio.h>

#include "image_view.h"
#include "zones.h"

const char *image_view_part_name(const struct image_view *view, const struct span *part,
                                 char name[PART_NAME_SIZE])
{
    if (part->owner >= PART_OF_CPU) {
        snprintf(name, PART_NAME_SIZE, "%s of %s", part->what,
                 view->cpu_who[part->owner - PART_OF_CPU]);
    } else if (part->owner >= PART_OF_VM) {
        snprintf(name, PART_NAME_SIZE, "%s of %s", part->what,
                 view->vm_who[part->owner - PART_OF_VM]);
    } else {
        snprintf(name, PART_NAME_SIZE, "%s", part->what);
    }
    return name;
}

const char *image_view_name_at(const struct image_view *view, uint64_t pa,
                               char name[PART_NAME_SIZE])
{
    const struct plan_view *plan = &view->plan;
    for (size_t i = 0; i < view->parts.count; i++) {
        const struct span *part = &view->parts.items[i];
        if (range_contains(part->start, part->size, pa, 1)) {
            return image_view_part_name(view, part, name);
        }
    }
    if (range_contains(plan->plan->hypervisor.pa,
                       plan->plan->hypervisor.end_pa - plan->plan->hypervisor.pa, pa, 1)) {
        snprintf(name, PART_NAME_SIZE, "the hypervisor's block");
        return name;
    }
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        if (spans_overlapping(&view->vm_ram[vm], pa, 1) != NULL) {
            snprintf(name, PART_NAME_SIZE, "RAM of %s", view->vm_who[vm]);
            return name;
        }
    }
    for (uint32_t i = 0; i < plan->channel_count; i++) {
        if (range_contains(plan->channels[i].pa, plan->channels[i].size, pa, 1)) {
            snprintf(name, PART_NAME_SIZE, "channel %s", plan->channels[i].name);
            return name;
        }
    }
    for (uint32_t i = 0; i < plan->region_count; i++) {
        if (plan->regions[i].kind != PLAN_REGION_RAM &&
            range_contains(plan->regions[i].pa, plan->regions[i].size, pa, 1)) {
            snprintf(name, PART_NAME_SIZE, "%s", plan->regions[i].name);
            return name;
        }
    }
    snprintf(name, PART_NAME_SIZE,
             spans_overlapping(&view->ram, pa, 1) != NULL ? "free RAM" : "nothing known");
    return name;
}

bool image_view_runs_on(const struct image_view *view, uint32_t vm, uint32_t cpu)
{
    const struct plan_vm *plan_vm = &view->plan.vms[vm];
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        if (view->plan.vcpus[plan_vm->first_vcpu + i].cpu == cpu) {
            return true;
        }
    }
    return false;
}

uint64_t image_view_store_size(const struct image_view *view, uint32_t manager, uint32_t vm)
{
    uint64_t size = 0;
    for (size_t i = 0; i < view->stage2[manager].mapping_count; i++) {
        const struct mapping *mapping = &view->stage2[manager].mappings[i];
        for (uint64_t done = 0; done < mapping->size;) {
            struct zone_piece piece = zone_piece_at(view, mapping, done);
            bool writes = (mapping->attributes & PLAN_MEMORY_WRITE) != 0;
            if (writes && piece.zone != NULL && zone_kind(piece.zone) == ZONE_COPY &&
                zone_index(piece.zone) == vm) {
                size += piece.mapping.size;
            }
            done += piece.mapping.size;
        }
    }
    return size;
}

bool image_view_is_ram(const struct image_view *view, uint32_t vm, const struct plan_memory *memory)
{
    return (memory->flags & PLAN_MEMORY_DEVICE) == 0 && memory->pa != view->plan.vms[vm].info_pa &&
           spans_overlapping(&view->zones, memory->pa, 1) == NULL;
}

bool image_view_leads(const struct image_view *view, uint32_t vm, const struct mapping *wanted)
{
    const struct walk *walk = &view->stage2[vm];
    for (size_t i = 0; i < walk->mapping_count; i++) {
        const struct mapping *mapping = &walk->mappings[i];
        if (range_contains(mapping->address, mapping->size, wanted->address, wanted->size)) {
            return mapping->pa + (wanted->address - mapping->address) == wanted->pa &&
                   mapping->attributes == wanted->attributes;
        }
    }
    return false;
}
