/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of check*.c: an image under examination, and the groups of properties that are looked at. */
#ifndef COMPOSER_CHECK_CONTEXT_H
#define COMPOSER_CHECK_CONTEXT_H

#include "check_plan.h"
#include "check_report.h"
#include "check_sources.h"
#include "check_spans.h"
#include "check_walk.h"
#include "image_reader.h"

#define WHO_SIZE        48
#define CHECK_NAME_SIZE 96

/* Owners of the hypervisor's parts: the hypervisor as a whole, else a VM or a CPU, whose index is added. */
#define PART_OF_ALL 0U
#define PART_OF_VM  0x100U
#define PART_OF_CPU (PART_OF_VM + PLAN_MAX_VMS)

/* How an interrupt is triggered, by the trees that have it. */
#define TRIGGER_LEVEL 1U
#define TRIGGER_EDGE  2U

struct check {
    const struct image_file *image;
    const struct check_sources *sources; /* NULL: the image alone */
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
    void *trees[PLAN_MAX_VMS];         /* device trees, NULL where damaged (check_tree.h) */
    void *expected[PLAN_MAX_VMS];      /* what the plan lets one expect in them; NULL as those */
    bool has_nexus[PLAN_MAX_VMS];      /* an interrupt-map: some interrupts are not said in the way that is read here */
    uint8_t trigger_said[PLAN_MAX_INTIDS];
    uint32_t private_said[PLAN_MAX_VMS]; /* PPIs of devices other than timer and PMU: bit n is INTID n */
    struct spans zones; /* sorted, apart: what VMs may reach though it is not their own (check_zones.h) */
};

/** Looks at everything; @sources: what to compare it with, or NULL. Returns whether the plan could be opened; then what
 * @check holds can be used. */
bool check_run(struct check *check, const struct image_file *image, const struct check_sources *sources,
               struct report *report);
void check_free(struct check *check);

/* The groups, in the order in which they run. */
void check_zones(struct check *check);          /* lists check->zones */
void check_segments(struct check *check);       /* image.ram, image.entry */
void check_stage2(struct check *check);         /* memory.registers ... memory.exact; walks stage 2 */
void check_memory(struct check *check);         /* memory.kinds ... memory.ram */
void check_block(struct check *check);          /* hypervisor.block, hypervisor.loaded */
void check_el2_map(struct check *check);        /* hypervisor.text ... hypervisor.roots */
void check_el2_access(struct check *check);     /* hypervisor.wx, .readonly */
void check_channels(struct check *check);       /* channels.*, doorbells.* */
void check_trees(struct check *check);          /* doorbells.interrupts, interrupts.owner, .trigger */
void check_tree_machine(struct check *check);   /* trees.machine */
void check_tree_devices(struct check *check);   /* trees.devices */
void check_private(struct check *check);        /* interrupts.private */
void check_triggers(struct check *check);       /* interrupts.trigger; after check_trees */
void check_manager(struct check *check);        /* manager.*, watchdogs.* */
void check_interrupts(struct check *check);     /* interrupts.* */
void check_cpus(struct check *check);           /* cpus.* */
void check_firmware(struct check *check);       /* firmware.* */
void check_restore(struct check *check);        /* restore.* */
void check_start(struct check *check);          /* start.entry, start.info */
void check_against_engine(struct check *check); /* engine.* */
void check_against_board(struct check *check);  /* board.* */
void check_against_system(struct check *check); /* system.* */

/* Parts of check_against_board. */
void check_board_devices(struct check *check);
void check_board_trees(struct check *check);

/* Parts of check_against_system. */
void check_system_vms(struct check *check);
void check_system_cpus(struct check *check);
void check_system_channels(struct check *check);
void check_system_memory(struct check *check);
void check_system_images(struct check *check);

/** What each VM could still do to its neighbours: what the hardware does not prevent. */
void check_residual_print(const struct check *check, FILE *out);

/** What check can't know of this image, with what it was given. */
void check_unknown_print(const struct check *check, FILE *out);

/** "EL2 table of cpu 1". */
const char *check_part_name(const struct check *check, const struct span *part, char name[CHECK_NAME_SIZE]);

/** What lies at @pa, in words, for messages: "plan", "RAM of vm linux". */
const char *check_name_at(const struct check *check, uint64_t pa, char name[CHECK_NAME_SIZE]);

/** Whether @vm runs on @cpu. */
bool check_vm_runs_on(const struct check *check, uint32_t vm, uint32_t cpu);

/** Whether @cpu may stop @vm wherever that runs: as the manager's, or since it looks at its watchdog. */
bool check_vm_is_governed_on(const struct check *check, uint32_t vm, uint32_t cpu);

/** How much of the copy of VM @vm's image @manager may write: room for another image. */
uint64_t check_store_size(const struct check *check, uint32_t manager, uint32_t vm);

/** Whether a range of a VM's memory is its RAM: no device, not its info page, in no zone. */
bool check_is_ram(const struct check *check, uint32_t vm, const struct plan_memory *memory);

#endif
