/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as read from an image, by `check` and `show`. What plan_view_open lets through can be
 * used without further checks of bounds: arrays, indices, counts and names are valid, no range
 * overflows.
 */
#ifndef COMPOSER_PLAN_VIEW_H
#define COMPOSER_PLAN_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"
#include "image_reader.h"
#include "plan_map.h"

#define PLAN_MAX_MEMBERS  4U
#define PLAN_MAX_CHANNELS (PLAN_MAX_DOORBELLS / 2) /* the smallest has two doorbells */
/* the Cortex-A53 has 40 bits; the tables are for it too */
#define PA_END ((uint64_t)1 << 40)

struct plan_view {
    uint64_t pa;
    struct plan *plan; /* with its arrays, total_size bytes */
    const struct plan_vm *vms;
    uint32_t vm_count;
    const struct plan_vcpu *vcpus;
    uint32_t vcpu_count;
    const struct plan_core *cores; /* one for each of plan->cpus */
    const struct plan_region *regions;
    uint32_t region_count;
    const struct plan_channel *channels;
    uint32_t channel_count;
};

/** Reads the plan and checks it by itself. Returns false if what was found can't be worked with. */
bool plan_view_open(const struct image_file *image, struct plan_view *view, struct report *report);
void plan_view_close(struct plan_view *view);

/** The elements of an array that an element of another array names. */
const struct plan_memory *plan_view_memory(const struct plan_view *view, uint32_t vm);
const struct plan_restore *plan_view_restore(const struct plan_view *view, uint32_t vm);
const uint64_t *plan_view_root(const struct plan_view *view, uint32_t vm);
const uint32_t *plan_view_core_vcpus(const struct plan_view *view, uint32_t cpu);
const struct plan_slot *plan_view_slots(const struct plan_view *view, uint32_t cpu);

const uint32_t *plan_view_watched(const struct plan_view *view, uint32_t cpu);
const struct plan_doorbell *plan_view_doorbells(const struct plan_view *view, uint32_t vm);
const uint32_t *plan_view_notify(const struct plan_view *view, uint32_t vm);
const struct plan_firmware *plan_view_firmware(const struct plan_view *view, uint32_t vm);
const struct plan_member *plan_view_members(const struct plan_view *view, uint32_t channel);

/** The number of @vm among the members of @channel, or PLAN_NONE. */
uint32_t plan_view_member_number(const struct plan_view *view, uint32_t channel, uint32_t vm);

/** The number of a member's peer @index: the other members in their order. */
static inline uint32_t plan_peer(uint32_t member, uint32_t index)
{
    return index < member ? index : index + 1;
}

static inline bool plan_vm_owns(const struct plan_vm *vm, uint32_t intid)
{
    return (vm->intids[intid / 32] >> (intid % 32) & 1) != 0;
}

/** The vCPU that is number @number in the list of @cpu. */
static inline const struct plan_vcpu *plan_view_vcpu_on(const struct plan_view *view, uint32_t cpu,
                                                        uint32_t number)
{
    return &view->vcpus[plan_view_core_vcpus(view, cpu)[number]];
}

/** Parts of plan_view_open. Each reports what is wrong. */
bool check_plan_fields(const struct plan_view *view, struct report *report);
bool check_plan_shared_fields(const struct plan_view *view, struct report *report);
void check_plan_unused(const struct plan_view *view, struct report *report);
void check_plan_shared_unused(const struct plan_view *view, struct report *report);

#endif
