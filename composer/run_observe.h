/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's log and counters (abi/observe.h), read from the running machine's memory. */
#ifndef COMPOSER_RUN_OBSERVE_H
#define COMPOSER_RUN_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "observe.h"
#include "plan_map.h"
#include "run_script.h"
#include "run_terminal.h"

/** What the log said of a VM. */
struct observed_vm {
    bool started;
    bool off;
    bool lost;
    bool unwatched; /* nobody looks at its watchdog any more */
    uint64_t restarts;
};

struct observer {
    const struct plan *plan;
    const uint8_t *memory; /* the machine's RAM */
    uint64_t memory_pa;    /* where it begins */
    uint64_t memory_size;
    uint64_t read[PLAN_MAX_CPUS]; /* records taken from each ring */
    struct observed_vm vms[PLAN_MAX_VMS];
    bool faulted;           /* an exception inside the hypervisor was seen */
    bool resets;            /* and since the machine's last start one that resets it */
    struct speaker speaker; /* the hypervisor */
};

/** Reads the plan of the image in the file @image. False after it said what is wrong. */
bool observer_open(struct observer *observer, const char *image, const char *colour);

/** A machine starts whose RAM is @memory. */
void observer_start(struct observer *observer, const uint8_t *memory, uint64_t size);

/** The VM that has the device that the board calls @name, or PLAN_NONE. */
uint32_t observer_device_owner(const struct observer *observer, const char *name);

/** Takes the new records of all CPUs; in time order they become lines, unless the console shows them (@silent). */
void observer_poll(struct observer *observer, struct terminal *terminal, struct script *script, bool silent);

/** The machine's memory at @pa, or NULL where that is not in its RAM. */
const void *observer_memory(const struct observer *observer, uint64_t pa, uint64_t size);

/** Says of each VM its state and how often it left its guest. */
void observer_summary(const struct observer *observer, struct terminal *terminal, const struct speaker *speaker);

#endif
