/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list `cores` of system.yaml: which CPUs several VMs share, and who decides there.
 *
 *     cores:
 *       - cpus: [2]
 *         policy: timetable      # fixed-priority, edf, round-robin, timetable, or a file in
 * hypervisor/sched/ slice: 1ms             # optional; a turn among those that share what is left
 * over frame: 10ms            # timetable only: its length ... slots:                 # ... and who
 * runs when
 *           - {vm: plc, start: 0ms, length: 2ms}
 */
#ifndef COMPOSER_CORE_READ_H
#define COMPOSER_CORE_READ_H

#include "vm_read.h"
#include "yaml_value.h"

/* Shorter slices, slots, periods and budgets are slips: a switch alone costs microseconds. */
#define CORE_TIME_MIN_NS 10000U

/** One slot, with its VM as the user named it. */
struct core_slot_source {
    struct core_slot slot;
    struct named vm;
};

/** One element of the list. */
struct core_source {
    struct core core; /* without slots */
    uint32_t *cpus;
    struct source_location *cpu_places;
    size_t cpu_count;
    struct core_slot_source *slots;
    size_t slot_count;
};

/** Whether the engine in file @engine has a policy of this name, besides those that come with
 * nagaya. */
typedef bool core_policy_finder(const char *engine, const char *name);

/** Reads the list; of policies that do not come with nagaya, @has_policy is asked, with @engine.
 * What is wrong has been reported. Returns the number of elements. */
size_t cores_read(struct yaml_file *file, yaml_node_t *list, const char *engine,
                  core_policy_finder *has_policy, struct core_source **cores);

/** The name of a policy as users write it. */
const char *core_policy_text(enum plan_policy policy);

/** The policies that the analysis knows, as choices for yaml_read_choice. Returns their number. */
size_t core_policies(const struct yaml_choice **choices);

#endif
