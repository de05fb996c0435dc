/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of show*.c. */
#ifndef COMPOSER_SHOW_PARTS_H
#define COMPOSER_SHOW_PARTS_H

#include "analysis.h"
#include "image_view.h"
#include "show_map.h"

/** Prints tables for people. @holds: the image passes nagaya-check. */
void show_text(const struct image_view *view, const struct map *map, const char *path, bool holds,
               FILE *out);

/** Prints one JSON object. Its keys are described in docs/nagaya.1 and stay as they are. @holds:
 * as above. */
void show_json(const struct image_view *view, const struct map *map, bool holds, FILE *out);

/** Analyses a shared CPU as compose did, from what the plan says. False where there is nothing to
 * analyse: a dedicated CPU, or a policy that the analysis does not know. */
bool show_analyse(const struct image_view *view, uint32_t cpu, struct analysis *analysis);

/* A VM is in at most 8 channels of 4. */
#define SHOW_DOORBELLS_MAX 24

/** A peer in a channel, which rings at a VM: by its doorbell, and when it starts again. */
struct show_source {
    uint32_t vm;
    uint32_t channel;
    uint64_t interval_ns; /* of its doorbell; 0: none */
};

/** All that ring at VM @vm, by channel and peer. Returns how many there are. */
size_t show_sources(const struct image_view *view, uint32_t vm,
                    struct show_source sources[SHOW_DOORBELLS_MAX]);

/** The intervals of the doorbells that ring at VM @vm, as far as they have one. Returns their
 * number. */
size_t show_doorbells(const struct image_view *view, uint32_t vm,
                      uint64_t intervals_ns[SHOW_DOORBELLS_MAX]);

/**
 * Prints what rings at the VMs of a CPU as often as it likes: doorbells without an interval; and
 * restarts, which a VM may ask for itself, as may the manager, restart-limit or not. Returns
 * whether there is any.
 */
bool show_unbounded(const struct image_view *view, uint32_t cpu, FILE *out);

/** The doorbell of member @from of a channel that rings at member @to, or NULL where the plan has
 * none. */
const struct plan_doorbell *show_doorbell(const struct image_view *view, uint32_t channel,
                                          uint32_t from, uint32_t to);

/** Prints channels and watchdogs as tables, if there are any. */
void show_channels(const struct image_view *view, FILE *out);

/** Words of the configuration. */
const char *show_watchdog_action_text(uint32_t action);

/** The CPU that looks at the watchdog of VM @vm, by its name; "nobody". */
const char *show_watcher(const struct image_view *view, uint32_t vm);

/** Prints what the VMs of the shared CPUs can rely on. */
void show_shared_cores(const struct image_view *view, FILE *out);

/** Words of the configuration, by plan value. */
const char *show_level_text(uint32_t level);
const char *show_delivery_text(uint32_t delivery);
const char *show_fault_action_text(uint32_t fault_action);
const char *show_engine_fault_text(uint32_t engine_fault);

/** What a range of a VM's memory is: "ram", "device", "info", "channel", "status"... */
const char *show_memory_kind(const struct image_view *view, uint32_t vm,
                             const struct plan_memory *memory);

/** The same in words, for people. Of a channel, its name. */
const char *show_memory_name(const struct image_view *view, uint32_t vm,
                             const struct plan_memory *memory);

/** The bytes of the hypervisor's parts that are called @what, all owners' together. */
uint64_t show_part_bytes(const struct image_view *view, const char *what);

/** Whether the interrupt is edge triggered; an SPI. */
bool show_is_edge(const struct image_view *view, uint32_t intid);

/** Whether what @vm is loaded with goes on above its device tree, in the same range of memory:
 * its stack may grow down over the tree then. */
bool show_tree_is_below(const struct image_view *view, uint32_t vm);

#endif
