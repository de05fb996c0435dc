/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished image, opened: its plan, what its tables map, and what follows from both. Shown by
 * show/, examined by check/.
 *
 * What does not hold is reported on the way (report.h), as far as it must be known to go on; the
 * rest is check/'s. Ends the program with status 2 where there is no memory.
 */
#ifndef COMPOSER_IMAGE_VIEW_H
#define COMPOSER_IMAGE_VIEW_H

#include "image_reader.h"
#include "plan_view.h"
#include "report.h"
#include "spans.h"
#include "walk.h"

#define WHO_SIZE       48
#define PART_NAME_SIZE 96

/* Owners of the hypervisor's parts: the hypervisor as a whole, else a VM or a CPU, whose index
 * is added. */
#define PART_OF_ALL 0U
#define PART_OF_VM  0x100U
#define PART_OF_CPU (PART_OF_VM + PLAN_MAX_VMS)

struct image_view {
    const struct image_file *image;
    struct report *report;
    struct plan_view plan;
    char vm_who[PLAN_MAX_VMS][WHO_SIZE];   /* "vm linux" */
    char cpu_who[PLAN_MAX_CPUS][WHO_SIZE]; /* "cpu 1", as the board counts */
    struct walk stage2[PLAN_MAX_VMS];
    struct walk stage1[PLAN_MAX_CPUS];
    struct walk_tables tables;
    struct spans ram;                  /* banks of the board, joined */
    struct spans parts;                /* of the hypervisor, sorted */
    struct spans vm_ram[PLAN_MAX_VMS]; /* by physical address, joined */
    /* sorted, apart: what VMs may reach though it is not their own (zones.h) */
    struct spans zones;
};

/** Opens the plan in @image and follows its tables. Returns whether the plan could be opened;
 * only then can @view be used. Free it in any case. */
bool image_view_open(struct image_view *view, const struct image_file *image,
                     struct report *report);
void image_view_free(struct image_view *view);

/** Whether VTCR_EL2 of VM @vm is for 4 KB pages, a root of one page, cached walks, as many bits
 * of input as the VM needs, and 40 of output (Arm DDI 0487, D19.2.173). Otherwise its tables are
 * walked with 39 bits of input. */
bool image_view_has_sound_vtcr(const struct image_view *view, uint32_t vm);

/** How many bits the addresses of VM @vm need; 32 at least. */
unsigned image_view_input_bits(const struct image_view *view, uint32_t vm);

/** "EL2 table of cpu 1". */
const char *image_view_part_name(const struct image_view *view, const struct span *part,
                                 char name[PART_NAME_SIZE]);

/** What lies at @pa, in words, for messages: "plan", "RAM of vm linux". */
const char *image_view_name_at(const struct image_view *view, uint64_t pa,
                               char name[PART_NAME_SIZE]);

/** Whether @vm runs on @cpu. */
bool image_view_runs_on(const struct image_view *view, uint32_t vm, uint32_t cpu);

/** How much of the copy of VM @vm's image @manager may write: room for another image. */
uint64_t image_view_store_size(const struct image_view *view, uint32_t manager, uint32_t vm);

/** Whether a range of a VM's memory is its RAM: no device, not its info page, in no zone. */
bool image_view_is_ram(const struct image_view *view, uint32_t vm,
                       const struct plan_memory *memory);

/** Whether stage 2 of VM @vm leads to where @wanted does, for all of it, with just these rights. */
bool image_view_leads(const struct image_view *view, uint32_t vm, const struct mapping *wanted);

#endif
