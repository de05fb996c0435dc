/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What VMs can see of each other, and what a manager VM can see and do.
 *
 * Status pages (struct vm_status, one page a VM, in the hypervisor's shared memory) are written by
 * the hypervisor and mapped read-only: that of a VM into those that have a channel with it, all of
 * them into the manager.
 *
 * The manager's command page is one page, struct manager_page. It is mapped read-only: reads cost
 * nothing; a 32-bit store to commands[vm] traps, is checked and carried out, and its outcome stands
 * in results[vm] when the store is over. What the command begins (a stop, a restart) may take
 * longer: the VM's status page tells when it is done.
 *
 * A watchdog page (struct watchdog_page) belongs to a VM with a watchdog, read-write: any change of
 * `count` pets it, and so does HC_PET. The watch begins `first` after each start of the VM (struct
 * plan_watchdog).
 */
#ifndef ABI_MANAGER_H
#define ABI_MANAGER_H

#include <assert.h>
#include <stdint.h>

#include "plan.h"

/** What a VM does, as others see it. */
enum vm_status_state {
    VM_STATUS_OFF = 0,
    VM_STATUS_RUNNING = 1,
    VM_STATUS_STOPPING = 2,   /* it is being stopped: off when all its vCPUs have parked */
    VM_STATUS_RESTARTING = 3, /* the same, to start again */
    /* none runs; its interrupts are being reset and its memory brought back; then it starts */
    VM_STATUS_RESTORING = 4,
    VM_STATUS_STOPPED = 5, /* none runs; its interrupts are being reset; then it is off */
    VM_STATUS_LOST = 6, /* a core of its has stopped by a fault of the hypervisor's own: none of its
                         * vCPUs runs, and nothing but a reset of the machine starts it again */
};

/** Why a VM was started, restarted or stopped last. */
enum vm_status_reason {
    VM_REASON_BOOT = 0,
    VM_REASON_SELF = 1,     /* PSCI SYSTEM_RESET, SYSTEM_OFF or its last CPU_OFF */
    VM_REASON_MANAGER = 2,  /* a command */
    VM_REASON_FAULT = 3,    /* it did what it may not; the log tells what */
    VM_REASON_WATCHDOG = 4, /* its watchdog was not petted */
    VM_REASON_LIMIT = 5,    /* stopped: it was restarted too often (plan_vm.restart_limit) */
    VM_REASON_ENGINE = 6,   /* lost: struct engine_fault of observe.h tells what happened */
    VM_REASON_COUNT
};

/** A VM's status page; padded to a page in memory. */
struct vm_status {
    uint32_t state;      /* enum vm_status_state */
    uint32_t generation; /* starts since boot: 1 while it runs for the first time. A change rings
                          * its channels' peers, and so does VM_STATUS_LOST, which also rings the
                          * manager (plan.manager_intid) */
    uint32_t reason;     /* enum vm_status_reason, of the last change of state */
    uint32_t reserved;
    uint64_t time; /* of that change, by the physical counter */
};

enum manager_command {
    MANAGER_START = 1,   /* a VM that is off starts, with its memory as at the first boot */
    MANAGER_STOP = 2,    /* a VM that runs is off, whatever it does */
    MANAGER_RESTART = 3, /* a VM that runs is stopped and started; one that is off starts */
};

enum manager_result {
    MANAGER_OK = 0,
    MANAGER_ERR_COMMAND = 1, /* no such command, or not a 32-bit store */
    /* not in the state that the command asks for, or on its way to another */
    MANAGER_ERR_STATE = 2,
};

/** The command page. A store beyond commands[the plan's number of VMs] is a fault of the guest's.
 */
struct manager_page {
    uint32_t commands[PLAN_MAX_VMS]; /* written; reads give 0 */
    uint32_t results[PLAN_MAX_VMS];  /* enum manager_result of the last command for each VM */
    uint32_t count;                  /* commands since boot, those with an error included */
};

struct watchdog_page {
    uint32_t count;
};

static_assert(sizeof(struct vm_status) == 24, "shared structure");
static_assert(sizeof(struct manager_page) == 132, "shared structure");

#endif
