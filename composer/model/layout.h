/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where everything lies: made by layout/ from a struct system, which it does not change. emit/
 * writes it out; of a segment it sets copy_pa, and the bytes of the device trees. `ipa` is an
 * address as a VM sees it, `pa` a physical one.
 */
#ifndef COMPOSER_LAYOUT_H
#define COMPOSER_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"
#include "plan_map.h"
#include "range.h"

/** A run of bytes in a VM's memory, from a file (perhaps unpacked) or made by the composer. */
struct segment {
    uint64_t ipa;
    uint64_t pa;
    const uint8_t *bytes;
    uint64_t file_size;
    uint64_t memory_size; /* >= file_size; the rest is zero */
    /* of a second copy, from which a restart restores it; set by image_write */
    uint64_t copy_pa;
    bool exec;        /* only as far as the file says; RAM as a whole is RWX for its owner */
    const char *what; /* "kernel", "initrd", "device tree", ... for `show` and messages */
};

/** Where a channel lies, and where its members see it. */
struct channel_layout {
    uint64_t pa;
    uint64_t ipa[CHANNEL_MAX_MEMBERS];
    uint64_t status_ipa[CHANNEL_MAX_MEMBERS]; /* of the member's peers' status pages, consecutive */
};

/** Where the manager sees what only it sees. */
struct manager_layout {
    uint64_t command_ipa;
    uint64_t observe_ipa; /* shared_pages.h */
    uint64_t plan_ipa;
    uint64_t plan_size;  /* whole pages; known when the image is written */
    uint64_t stores_ipa; /* all stores; 0: there are none */
};

/** Where a VM's things lie. */
struct vm_layout {
    /* one per vm.memory, ipa and pa assigned; PLAN_MEMORY_ROM: not announced as RAM */
    struct plan_memory *ram;
    size_t ram_count;
    struct segment *segments;
    size_t segment_count; /* the device tree's has no bytes before image_write made it */
    /* room for copies of its segments outside of the store, whole pages that no other VM has */
    struct range copies;
    /* pa: what a restart copies to store_target, and the manager may write; size 0: none */
    struct range store;
    struct range store_target; /* ipa: the part of its RAM that an image may fill */
    uint64_t store_target_pa;
    uint64_t entry;
    uint64_t dtb_ipa;
    uint64_t dtb_room;     /* bytes kept for the device tree */
    uint64_t initrd_start; /* ipa; 0 if none */
    uint64_t initrd_end;
    uint64_t info_ipa;
    uint64_t info_pa;
    uint64_t gicd_ipa;     /* = board.gicd_pa */
    uint64_t gicr_ipa;     /* GICv3, else 0: = board.gicr.start */
    uint64_t gicc_ipa;     /* GICv2, else 0: = board.gicc_pa */
    uint64_t doorbell_ipa; /* of its doorbells' pages, consecutive; 0: it has none */
    uint64_t watchdog_ipa; /* 0: it has none */
};

/** Whether the copy of @segment lies in the VM's store. */
static inline bool segment_is_stored(const struct vm_layout *layout, const struct segment *segment)
{
    return segment->ipa - layout->store_target.start < layout->store_target.size;
}

struct layout {
    struct vm_layout vms[PLAN_MAX_VMS];
    struct channel_layout *channels;
    struct manager_layout manager;
    struct range stores; /* pa: all VMs' stores, consecutive, in the order of the VMs */
    /* all of the hypervisor, with the VMs' info pages and copies of their images */
    uint64_t hypervisor_pa;
    uint64_t hypervisor_end;
    uint64_t infos_pa; /* the info pages; below them the hypervisor itself and its tables */
};

#endif
