/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the board's memory is divided.
 *
 *     hypervisor_pa   text, read-only data, plan, shared and per-CPU data, tables
 *     infos_pa        an info page for each VM
 *     copies          for each VM, what its memory holds at first
 *     stores          for VMs that may be given another image: the same, with room
 *     hypervisor_end
 *     ...             the VMs' RAM, the channels' memory
 *
 * The hypervisor's sizes are known only when the image is written, and the tables only when
 * everything has its place. So the block keeps room: a fixed amount for the former, and a bound
 * that follows from the number and sizes of what is mapped for the latter. image_write packs them
 * into that room; what stays free costs memory but no byte in the image.
 */
#ifndef COMPOSER_LAYOUT_MAKE_H
#define COMPOSER_LAYOUT_MAKE_H

#include "image_load.h"
#include "layout.h"
#include "system.h"

/** Loads the images and gives everything its place. The device trees' contents are not in it yet.
 */
bool layout_make(const struct system *system, struct layout *layout);

/** Of a system with mistakes: reports those in the files that its VMs load, as far as these are
 * known. */
void layout_look(const struct system *system);

/* Between the files of layout/: */

/** Room for the hypervisor's text, data of all CPUs, and the plan. */
#define HYPERVISOR_ROOM 0x100000ULL

/** Kept for a guest's device tree where the memory allows. */
#define DTB_ROOM     0x10000ULL
#define DTB_ROOM_MIN 0x2000ULL

/** What a VM is to run. */
struct vm_files {
    struct image image;
    struct file_bytes initrd; /* size 0: none */
    struct file_bytes *roms;  /* one per vm.memory; size 0: none */
};

/** Ranges of physical memory that nobody has yet, by address. */
struct free_memory {
    struct range *ranges;
    size_t count;
};

/** Divides the RAM that is left. */
struct free_memory free_memory_of(const struct board *board);

/** Takes @range out, all of which must be free. */
void free_memory_take(struct free_memory *memory, struct range range);

/** Whether all of @range is free. */
bool free_memory_has(const struct free_memory *memory, struct range range);

/**
 * Finds @size bytes at an address that equals @offset modulo @alignment and overlaps none of
 * @avoid. Returns ADDRESS_UNSET where there is no such place. Takes nothing.
 */
uint64_t free_memory_find(const struct free_memory *memory, uint64_t size, uint64_t alignment,
                          uint64_t offset, const struct range *avoid, size_t avoid_count);

/** Gives every VM its RAM (vm_layout.ram), the largest first. */
bool layout_ram(const struct system *system, struct free_memory *memory, struct layout *layout);

/** Gives every channel its memory. */
bool layout_channels(const struct system *system, struct free_memory *memory,
                     struct layout *layout);

/** Chooses where the VMs see their info pages, channels, and what else is not theirs alone. */
bool layout_pages(const struct system *system, struct layout *layout);

/** At most how many pages the tables need for what layout_pages places in VM @vm. */
uint64_t layout_pages_tables(const struct system *system, size_t vm);

/** Settles which part of its RAM the VM's image may fill (vm_layout.store_target), once it is
 * placed. True if the VM has no `reload`. */
bool layout_store(const struct vm *vm, struct vm_layout *layout);

/** Places a VM's image, initrd, device tree and ROMs in its memory (vm_layout.segments and what
 * belongs to it). */
bool layout_image(const struct system *system, size_t vm, const struct vm_files *files,
                  struct vm_layout *layout);

/** Ranges of ipa that VM @vm has besides its RAM: devices, widened to pages, and the interrupt
 * controller. */
size_t layout_fixed_ranges(const struct system *system, size_t vm, struct range **ranges);

#endif
