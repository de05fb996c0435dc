/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chooses where a VM sees what is not its RAM and not a device (layout_make.h): its info page, its
 * channels, the status of its peers, its doorbells and its watchdog, and what a manager sees.
 *
 * Memory is seen where it lies, if the VM has nothing else there; pages that have no place of their
 * own, from the hypervisor's block on, where no VM sees RAM unless it asks for it.
 */
#include "arithmetic.h"
#include "channel_doorbells.h"
#include "diagnostics.h"
#include "layout_make.h"
#include "memory.h"
#include "shared_pages.h"
#include "tables.h"

/* The addresses of a VM that something is at. */
struct taken {
    struct range *list;
    size_t count;
};

/* Takes @size bytes at the first free address from @from on that equals it modulo @alignment.
 * Not at 0: that is a good address, but in the plan it would mean that there is nothing. */
static uint64_t take(struct taken *taken, uint64_t from, uint64_t size, uint64_t alignment)
{
    struct range range = range_of(from == 0 ? alignment : from, size);

    for (size_t i = 0; i < taken->count;) {
        if (ranges_overlap(range, taken->list[i])) {
            range.start = align_to(range_end(taken->list[i]), alignment, from);
            i = 0;
        } else {
            i++;
        }
    }
    *ARRAY_ADD(taken->list, taken->count) = range;
    return range.start;
}

/* So that blocks can map what is large enough. */
static uint64_t alignment_of(uint64_t size)
{
    return size >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
}

static void channels_location(const struct system *system, struct layout *layout, uint32_t vm,
                              struct taken *taken)
{
    for (size_t i = 0; i < system->channel_count; i++) {
        const struct channel *channel = &system->channels[i];
        struct channel_layout *own = &layout->channels[i];
        uint32_t member = channel_member_number(channel, vm);

        if (member == CHANNEL_NOBODY) {
            continue;
        }
        own->ipa[member] = take(taken, own->pa, channel->size, alignment_of(channel->size));
        own->status_ipa[member] =
            take(taken, layout->hypervisor_pa, channel_peer_count(channel) * PAGE_SIZE, PAGE_SIZE);
    }
}

static void manager_location(struct layout *layout, struct taken *taken)
{
    struct manager_layout *manager = &layout->manager;

    manager->command_ipa = take(taken, layout->hypervisor_pa, PAGE_SIZE, PAGE_SIZE);
    manager->observe_ipa = take(taken, layout->hypervisor_pa, OBSERVE_SIZE, PAGE_SIZE);
    /* Aligned to its largest size: then the plan's size does not change what its own stage 2
     * root is like. */
    manager->plan_ipa =
        take(taken, align_up(layout->hypervisor_pa, PLAN_MAX_SIZE), PLAN_MAX_SIZE, PLAN_MAX_SIZE);
    manager->plan_size = PLAN_MAX_SIZE;
    if (layout->stores.size != 0) {
        manager->stores_ipa = take(taken, layout->stores.start, layout->stores.size,
                                   alignment_of(layout->stores.size));
    }
}

static bool vm_location(const struct system *system, struct layout *layout, uint32_t index)
{
    const struct vm *vm = &system->vms[index];
    struct vm_layout *own = &layout->vms[index];
    struct taken taken;
    struct channel_way *ways;
    size_t way_count = channel_ways(system, index, &ways);

    taken.count = layout_fixed_ranges(system, index, &taken.list);
    for (size_t i = 0; i < own->ram_count; i++) {
        *ARRAY_ADD(taken.list, taken.count) = range_of(own->ram[i].ipa, own->ram[i].size);
    }
    size_t placed = taken.count;

    own->info_pa = layout->infos_pa + index * PAGE_SIZE;
    own->info_ipa = take(&taken, own->info_pa, PAGE_SIZE, PAGE_SIZE);
    channels_location(system, layout, index, &taken);
    if (way_count != 0) {
        own->doorbell_ipa = take(&taken, layout->hypervisor_pa, way_count * PAGE_SIZE, PAGE_SIZE);
    }
    if (vm->watchdog_action != PLAN_WATCHDOG_NONE) {
        own->watchdog_ipa = take(&taken, layout->hypervisor_pa, PAGE_SIZE, PAGE_SIZE);
    }
    if (vm->manager) {
        manager_location(layout, &taken);
    }
    for (size_t i = placed; i < taken.count; i++) {
        if (range_end(taken.list[i]) > ADDRESS_SPACE_END) {
            error(vm->location,
                  "vm %s has no addresses left below 0x%llx for its channels and other pages; "
                  "choose a lower 'at:' "
                  "for its memory",
                  vm->name, ADDRESS_SPACE_END);
            return false;
        }
    }
    return true;
}

bool layout_pages(const struct system *system, struct layout *layout)
{
    bool sound = true;

    for (uint32_t i = 0; i < system->vm_count; i++) {
        sound &= vm_location(system, layout, i);
    }
    return sound;
}

uint64_t layout_pages_tables(const struct system *system, size_t vm)
{
    const struct vm *own = &system->vms[vm];
    uint64_t pages =
        own->watchdog_action != PLAN_WATCHDOG_NONE ? table_pages_at_most(PAGE_SIZE) : 0;
    uint64_t stores = 0;

    for (size_t i = 0; i < system->channel_count; i++) {
        if (channel_member_number(&system->channels[i], (uint32_t)vm) != CHANNEL_NOBODY) {
            pages += table_pages_at_most(system->channels[i].size) +
                     table_pages_at_most(channel_peer_count(&system->channels[i]) * PAGE_SIZE);
        }
    }
    for (size_t i = 0; i < system->vm_count; i++) {
        stores += system->vms[i].reload;
    }
    if (own->manager) {
        pages += table_pages_at_most(PAGE_SIZE) + table_pages_at_most(OBSERVE_SIZE) +
                 table_pages_at_most(PLAN_MAX_SIZE) + table_pages_at_most(stores);
    }
    return pages;
}

bool layout_channels(const struct system *system, struct free_memory *memory, struct layout *layout)
{
    bool sound = true;

    layout->channels = memory_new(system->channel_count, sizeof(*layout->channels));
    for (size_t i = 0; i < system->channel_count; i++) {
        const struct channel *channel = &system->channels[i];
        uint64_t pa =
            free_memory_find(memory, channel->size, alignment_of(channel->size), 0, NULL, 0);

        layout->channels[i].pa = pa;
        if (pa != ADDRESS_UNSET) {
            free_memory_take(memory, range_of(pa, channel->size));
            continue;
        }
        error(channel->location,
              "no contiguous %s of RAM left for channel %s; ask for less, here or for the VMs",
              size_in_words(channel->size).text, channel->name);
        sound = false;
    }
    return sound;
}
