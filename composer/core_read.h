/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list `cores` of system.yaml: which CPUs several VMs share, and who decides there.
 *
 *     cores:
 *       - cpus: [2]
 *         policy: timetable      # fixed-priority, edf, round-robin, timetable, or a file in hypervisor/sched/
 *         slice: 1ms             # optional; a turn among those that share what is left over
 *         frame: 10ms            # timetable only: its length ...
 *         slots:                 # ... and who runs when
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
    struct place *cpu_places;
    size_t cpu_count;
    struct core_slot_source *slots;
    size_t slot_count;
};

/** Reads the list; @data: the folder with the hypervisor, which has the policies. What is wrong has been reported.
 * Returns the number of elements. */
size_t cores_read(struct yaml_file *file, yaml_node_t *list, const char *data, struct core_source **cores);

/** Sets system->cores from the list, and compares it with the VMs (core_settle.c). */
void cores_settle(struct system *system, struct vm_source *vms, const struct core_source *cores, size_t count);

/** Reports what the VMs ask of the cores that they have and can't get there (core_check.c). */
void cores_check_vms(const struct system *system, struct vm_source *vms);

/** Notes what their authors may not have thought of where VMs have direct interrupts (delivery_notes.c). */
void delivery_notes(const struct system *system, const struct vm_source *vms);

/** Reports guarantees that do not hold, where nothing is wrong with what they rest on (core_analyse.c). */
void cores_analyse(const struct system *system, const struct vm_source *vms);

/** The name of a policy as users write it. */
const char *core_policy_text(enum plan_policy policy);

/** The policies that the analysis knows, as choices for yaml_read_choice. Returns their number. */
size_t core_policies(const struct yaml_choice **choices);

#endif
