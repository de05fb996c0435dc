/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of check/: an image under examination, and the groups of properties that are
 * looked at. */
#ifndef COMPOSER_CHECK_CONTEXT_H
#define COMPOSER_CHECK_CONTEXT_H

#include "check_sources.h"
#include "image_view.h"
#include "zones.h"

/* How an interrupt is triggered, by the trees that have it. */
#define TRIGGER_LEVEL 1U
#define TRIGGER_EDGE  2U

struct check {
    struct image_view view;
    const struct check_sources *sources; /* NULL: the image alone */
    void *trees[PLAN_MAX_VMS];           /* device trees, NULL where damaged (check_tree.h) */
    void *expected[PLAN_MAX_VMS];        /* what the plan lets one expect in them; NULL as those */
    /* an interrupt-map: some interrupts are not said in the way that is read here */
    bool has_nexus[PLAN_MAX_VMS];
    uint8_t trigger_said[PLAN_MAX_INTIDS];
    /* PPIs of devices other than timer and PMU: bit n is INTID n */
    uint32_t private_said[PLAN_MAX_VMS];
};

/** Looks at everything; @sources: what to compare it with, or NULL. Returns whether the plan
 * could be opened; then what @check holds can be used. */
bool check_run(struct check *check, const struct image_file *image,
               const struct check_sources *sources, struct report *report);
void check_free(struct check *check);

/* The groups, in the order in which they run. */
void check_zones(struct check *check);      /* lists check->view.zones */
void check_segments(struct check *check);   /* image.ram, image.entry */
void check_stage2(struct check *check);     /* memory.registers ... memory.exact */
void check_memory(struct check *check);     /* memory.kinds ... memory.ram */
void check_block(struct check *check);      /* hypervisor.block, hypervisor.loaded */
void check_el2_map(struct check *check);    /* hypervisor.text ... hypervisor.roots */
void check_el2_access(struct check *check); /* hypervisor.wx, .readonly */
void check_channels(struct check *check);   /* channels.*, doorbells.* */
/* doorbells.interrupts, interrupts.owner, .trigger */
void check_trees(struct check *check);
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

/** Whether @cpu may stop @vm wherever that runs: as the manager's, or since it looks at its
 * watchdog. */
bool check_vm_is_controllable_from(const struct check *check, uint32_t vm, uint32_t cpu);

/** Reports what VM @vm may not do with a piece that lies in a zone. */
void check_zone_piece(struct check *check, uint32_t vm, const struct zone_piece *piece);

#endif
