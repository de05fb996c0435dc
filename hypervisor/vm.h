/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of VMs and of their vCPUs: start, power calls, restart, end.
 *
 * A vCPU stays on its CPU. Other CPUs change its state by words in shared memory, and kick that CPU
 * to look at them (vm_attend). To end a VM, any CPU that has its stage-2 root mapped revokes it and
 * kicks the CPUs of its vCPUs; each parks its vCPU. The last one to park hands the rest of the job
 * to the first one's CPU, which does it in slices when it is that vCPU's turn (vm_restore_step):
 * nobody ever waits for another CPU (architecture.md, "An end and a restart"). Who revokes may be
 * slow, and all vCPUs may have parked by themselves meanwhile: so the VM gets its memory back, for
 * its next life, only when nobody revokes any more.
 */
#ifndef HYPERVISOR_VM_H
#define HYPERVISOR_VM_H

#include <stdatomic.h>

#include "manager.h"
#include "vcpu.h"

/** Power states of a vCPU. */
enum vcpu_power {
    VCPU_OFF = 0,
    VCPU_CLAIMED, /* somebody turns it on: entry and context are being written */
    VCPU_PENDING, /* its CPU is to start it, when it has done its deferred work */
    VCPU_ON,
};

/** Changing state of a vCPU, for all CPUs of its VM. `power`: OFF to CLAIMED and on to PENDING by
 * whoever turns it on, all other changes by its own CPU. */
struct vcpu_state {
    /* What was sent to it and it has not taken yet: a bit for each SGI, and one for SPIs that it is
     * to give back. Set by senders, who kick its CPU if they ask first; cleared when it runs, in
     * its own time (tests/proofs/request.pml).
     */
    _Alignas(CACHE_LINE) _Atomic(uint32_t) sgis;
    _Atomic(uint32_t) power; /* enum vcpu_power */
    /* Whether the kick for its start is still to be sent, by who turns it on: it begins behind
     * that, or with direct interrupts its guest would get the kick. */
    _Atomic(uint32_t) kick_due;
    uint64_t entry; /* by whoever claimed it */
    uint64_t context;
    volatile uint64_t
        ipi_value; /* what the GIC is told when something is in sgis; direct interrupts that are
            checked: what sends SGI 0 there. Set by its own CPU at boot: before, it runs nothing */
};

/** Changing state of a VM. */
struct vm_state {
    /* vCPUs that are neither off nor claimed; who claims one adds it */
    _Alignas(CACHE_LINE) _Atomic(uint32_t) running;
    /* CPUs that may be taking its memory, a bit each; with none, it may have it back */
    _Atomic(uint32_t) revoking;
    /* by the CPU that tears down, then restores: where interrupts_vm_reset goes on */
    uint32_t reset_word;
    uint32_t restore_step;   /* the same: position in the plan's list */
    uint64_t restore_offset; /* and within that step */
    /* what the log says once in a life has been said (a port says what that is) */
    _Atomic(uint32_t) told;
    uint32_t controls;              /* what the guest wrote to GICD_CTLR; for its own reading */
    volatile uint32_t next_restart; /* by who makes it restart, as the next: position in ... */
    /* ... when as many restarts as allowed lie far enough back */
    uint64_t restart_again[PLAN_MAX_RESTARTS];
};

/** What other VMs see of a VM: a page of its own. Written by who changes the phase; volatile, for
 * each word is read by others at any time. */
struct vm_status_page {
    _Alignas(PLAN_PAGE_SIZE) union {
        volatile struct vm_status status;
        _Atomic(uint32_t)
            /* enum vm_status_state: status.state. By vm_request, the last to park, and who
             * restores */
            phase;
    };
};

extern struct vm_status_page vm_status_pages[PLAN_MAX_VMS];
extern struct vcpu_state vcpu_states[PLAN_MAX_VCPUS];
extern struct vm_state vm_states[PLAN_MAX_VMS];

/** The state of @vm. */
struct vm_state *vm_state(const struct plan_vm *vm);
struct vm_status_page *vm_status_page(const struct plan_vm *vm);

/** Before any VM runs, on the boot CPU: all of them are about to start. */
void vm_init(void);

/** Starts those VMs whose first vCPU is on this CPU. Once, at boot. */
void vm_begin(void);

/** Looks at what other CPUs have asked of the vCPUs of this one. */
void vm_attend(void);

/** Makes the loaded vCPU, which has virtual interrupts, wait until one is pending or a timer of
 * its fires. */
void vcpu_wait_for_interrupt(void);

/**
 * Turns on vCPU @vcpu (index in the plan) of the loaded vCPU's VM, at @entry with @context in x0.
 *
 * Returns  VCPU_OFF if that was its state, and it will start; otherwise its state, and nothing
 *          changed.
 * Cost     bounded: one attempt to claim it.
 */
enum vcpu_power vcpu_power_on(uint32_t vcpu, guest_addr_t entry, uint64_t context);

/** Turns @vcpu, of this CPU, off. A VM whose last vCPU goes off is off. */
void vcpu_park(struct vcpu *vcpu);

/**
 * Asks @vm, whose stage-2 root is mapped here, to end (@phase VM_STATUS_STOPPING), to restart
 * (VM_STATUS_RESTARTING) if it runs, or to start (VM_STATUS_RESTORING) if it is off. For the loaded
 * vCPU's own VM, vm_attend has to follow. A restart for VM_REASON_FAULT or what follows it ends the
 * VM instead if there were too many (plan_vm.restart_limit).
 *
 * Returns  whether it does; false: it is in no state for that, or somebody else was faster.
 * Cost     bounded by its number of vCPUs. It is done when those have parked: status tells.
 */
bool vm_request(const struct plan_vm *vm, enum vm_status_state phase, enum vm_status_reason reason);

/** @count VMs that were not off are off, or @lost (fault.c): the machine goes off with the last
 * one. */
void vm_count_out(uint32_t count, bool lost);

/** The loaded vCPU's VM ends or restarts itself. */
void vm_finish(enum vm_status_state phase, enum vm_status_reason reason);

/** Whether the loaded vCPU's VM is being ended; then it is parked. For exits that the revocation
 * may have caused. */
bool vm_check_revoked(void);

/** Does a slice of the work that @vcpu has to do before it can run, or be off: resetting its VM's
 * interrupts, bringing back its memory, its own reset. Returns false if there is none. Cost: at
 * most 32 interrupts, or VM_RESTORE_SLICE bytes. */
bool vm_restore_step(struct vcpu *vcpu);

#define VM_RESTORE_SLICE 1024U

#endif
