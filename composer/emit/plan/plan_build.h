/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the plan (abi/plan.h) from the system and its layout. */
#ifndef COMPOSER_PLAN_BUILD_H
#define COMPOSER_PLAN_BUILD_H

#include "hypervisor_elf.h"
#include "plan_map.h"
#include "stage1.h"
#include "system.h"
#include "tables.h"

/** What lies where on the board: plan.regions. */
struct region_list {
    struct plan_region *regions;
    size_t count;
};

/** What is made for each VM before the plan. */
struct vm_tables {
    struct plan_memory *memory; /* all that its stage 2 maps */
    size_t memory_count;
    struct table *stage2;
    uint64_t stage2_root; /* pa */
    uint64_t root_entries[TABLE_ENTRIES];
};

/** All that the plan is made from. */
struct plan_input {
    const struct system *system;
    const struct layout *layout;
    const struct hypervisor_elf *hypervisor;
    struct hypervisor_places places;
    struct region_list regions;
    struct vm_tables vms[PLAN_MAX_VMS];
    uint32_t plan_cpu_of[PLAN_MAX_CPUS];  /* by the board's index; PLAN_NONE: not used */
    uint64_t stage1_roots[PLAN_MAX_CPUS]; /* pa, by the board's index */
};

/** The plan as bytes, its checksums included. Its size depends on counts only, not on any
 * address. */
struct plan *plan_build(const struct plan_input *input);

/** Numbers the CPUs that have a vCPU, and CPU 0, in the board's order. */
void plan_number_cpus(const struct system *system, uint32_t plan_cpu_of[PLAN_MAX_CPUS]);

/** Lists RAM, devices and interrupt controller by address, widened to pages, those that share a
 * page as one. False where that would give a VM something that is not its own (reported). */
bool plan_list_regions(const struct system *system, struct region_list *list);

/** Lists what VM @vm reaches: RAM, devices, info page, and what plan_list_shared does. */
void plan_list_memory(const struct plan_input *input, size_t vm, struct vm_tables *tables);

/** Adds what VM @vm reaches that others reach as well: channels, status pages, what a manager
 * sees; and its watchdog's page. */
void plan_list_shared(const struct plan_input *input, uint32_t vm, struct vm_tables *tables);

/** Adds one range of memory to the list. */
void plan_list_page(struct vm_tables *tables, uint64_t ipa, struct range range, uint32_t flags);

/** A plan on its way: the head and the arrays behind it. There is room for the largest one from
 * the start. */
struct draft {
    struct plan *plan;
    uint64_t size;
};

/** Adds @count elements of @size bytes behind the head. */
struct plan_array draft_add(struct draft *draft, const void *elements, size_t count, size_t size);

/** Adds the channels with their members. */
void plan_add_channels(const struct plan_input *input, struct draft *draft);

/** Fills in what VM @vm has of channels and watchdog, and what a manager has. */
void plan_set_life(const struct plan_input *input, uint32_t vm, struct draft *draft,
                   struct plan_vm *planned);

/** The list of the VMs whose watchdogs the board's CPU @board_cpu looks at. */
struct plan_array plan_add_watched(const struct system *system, uint32_t board_cpu,
                                   struct draft *draft);

/** Lists how the RAM of a VM comes back to its first state: each byte of it once, in ascending
 * order. */
size_t plan_list_restore(const struct vm_layout *layout, struct plan_restore **steps);

/** Fills in routes and triggers. */
void plan_set_gic(const struct plan_input *input, struct plan_gic *gic);

/** Fills in the interrupts that VM @vm owns. */
void plan_set_intids(const struct system *system, size_t vm, uint32_t intids[PLAN_MAX_INTIDS / 32]);

#endif
