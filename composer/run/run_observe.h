/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's log and counters (abi/observe.h), read from the running machine's memory. */
#ifndef COMPOSER_RUN_OBSERVE_H
#define COMPOSER_RUN_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "manager.h"
#include "observe.h"
#include "plan_map.h"
#include "run_console.h"
#include "run_fold.h"
#include "run_script.h"
#include "run_terminal.h"
#include "run_where.h"

struct observer {
    const struct plan *plan;
    const uint8_t *memory; /* the machine's RAM */
    uint64_t memory_pa;    /* where it begins */
    uint64_t memory_size;
    uint64_t read[PLAN_MAX_CPUS]; /* records taken from each ring */
    bool unwatched[PLAN_MAX_VMS]; /* the log said that nobody looks at the VM's watchdog any more */
    bool faulted;                 /* an exception inside the hypervisor was seen */
    bool resets;                  /* and since the machine's last start one that resets it */
    struct speaker speaker;       /* the hypervisor */
    struct fold fold;
    /* of VMs without a UART: where what they give to the log is shown; or NULL */
    struct console *texts[PLAN_MAX_VMS];
};

/** Reads the plan of the image in the file @image. False after it said what is wrong. */
bool observer_open(struct observer *observer, const char *image, const char *colour);

/** A machine starts whose RAM is @memory. */
void observer_start(struct observer *observer, const uint8_t *memory, uint64_t size);

/** The VM that has the device that the board calls @name, or PLAN_NONE. */
uint32_t observer_device_owner(const struct observer *observer, const char *name);

/** Takes the new records of all CPUs; in time order they become lines, unless the console shows
 * them (@silent). @now in ms. */
void observer_poll(struct observer *observer, struct terminal *terminal, struct script *script,
                   bool silent, int64_t now);

/** Tells of lines that are still held. */
void observer_finish(struct observer *observer, struct terminal *terminal);

/** The machine's memory at @pa, or NULL where that is not in its RAM. */
const void *observer_memory(const struct observer *observer, uint64_t pa, uint64_t size);

/** What the VM with index @vm does, from its status page; all zero where that is not in the
 * machine's memory. */
struct vm_status observer_status(const struct observer *observer, uint32_t vm);

/** The counters of the vCPU with this index in the plan, or NULL. */
const struct vcpu_stats *observer_stats(const struct observer *observer, uint32_t vcpu);

/** Whether any VM has begun to run. */
bool observer_any_started(const struct observer *observer);

/** A VM's state in words. */
const char *observer_state_name(struct vm_status status);

/** Says of each VM its state and how often it left its guest, and where its CPUs are, as far as
 * that is known. @exact: the machine counted instructions. */
void observer_summary(const struct observer *observer, const struct where *where, bool exact,
                      struct terminal *terminal, const struct speaker *speaker);

#endif
