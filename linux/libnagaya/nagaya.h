/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libnagaya: Nagaya's channels and its manager interface for programs on Linux, by way of the
 * kernel module nagaya_uio.
 *
 * Functions that return bool return false if they could not; nagaya_error() then says in words
 * what, why and what to do. For 64-bit processes. Link with libnagaya.a; docs/linux.md has an
 * example.
 */
#ifndef NAGAYA_H
#define NAGAYA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "info.h"
#include "manager.h"
#include "observe.h"
#include "plan_map.h"
#include "uio.h"

/** Why this thread's last call returned false. */
const char *nagaya_error(void);

/** For tests: /sys and /dev are looked for in @folder; "" again for the real ones. Kept by
 * reference. */
void nagaya_set_root(const char *folder);

/** Another member of a channel. */
struct nagaya_peer {
    char vm[INFO_NAME_SIZE];
    uint32_t member;
};

enum nagaya_wait {
    NAGAYA_RUNG = 0,
    NAGAYA_TIMED_OUT = 1,
    NAGAYA_WAIT_FAILED = 2,
};

/** An open channel. Rings (lib/ring.h) or anything else may be put into its memory. */
struct nagaya_channel {
    char name[INFO_NAME_SIZE];
    void *memory;
    size_t memory_size;
    bool writable;
    uint32_t member; /* this VM's number among the members */
    uint32_t peer_count;
    struct nagaya_peer peers[INFO_MAX_PEERS];
    /* device.fd can be given to poll(): readable when the doorbell has rung */
    struct uio_device device;
};

/** The names of all channels of this VM; their number, or -1. */
int nagaya_channel_names(char (*names)[INFO_NAME_SIZE], int room);

/** Opens the channel @name and maps its memory. */
bool nagaya_channel_open(const char *name, struct nagaya_channel *channel);
void nagaya_channel_close(struct nagaya_channel *channel);

/** Takes the channel for this process alone, until it is closed: two users of one ring end would
 * disturb each other. */
bool nagaya_channel_lock(struct nagaya_channel *channel);

/**
 * Rings the doorbell of peers[@peer]; all stores before are seen by the peer when it takes it.
 * Takes as long as the channel's doorbell-interval asks for.
 */
void nagaya_channel_ring(const struct nagaya_channel *channel, uint32_t peer);

/** Waits until the doorbell has rung since the last wait (or since the opening); @timeout_ms
 * below 0: for ever. */
enum nagaya_wait nagaya_channel_wait(struct nagaya_channel *channel, int timeout_ms);

/** What peers[@peer] does at this moment. */
struct vm_status nagaya_channel_status(const struct nagaya_channel *channel, uint32_t peer);

/** This VM's watchdog: what the system says happens if it is not petted once in each period. */
struct nagaya_watchdog {
    uint64_t period_ns;
    struct watchdog_page *page;
    struct uio_device device;
};

/** Opens the watchdog of this VM. */
bool nagaya_watchdog_open(struct nagaya_watchdog *watchdog);
void nagaya_watchdog_close(struct nagaya_watchdog *watchdog);

/** Pets it, by a store that costs no exit. */
void nagaya_watchdog_pet(const struct nagaya_watchdog *watchdog);

/** Room for another image of a VM: from here a part of its memory is copied at each start. */
struct nagaya_store {
    uint32_t vm;
    uint8_t *bytes;
    uint64_t size;
    uint64_t target; /* where the VM sees that part of its memory */
};

/** The manager's view: everything in it is alive, only the plan never changes. */
struct nagaya_manager {
    const struct plan *plan;
    const uint8_t *status; /* a page for each VM */
    const struct vcpu_stats *stats;
    const struct log_ring *rings;
    volatile struct manager_page *page;
    uint32_t store_count;
    struct nagaya_store stores[PLAN_MAX_VMS];
    struct uio_device device; /* device.fd can be given to poll(): readable when a VM was lost */
};

/** Opens the manager interface; only a VM with `manager: true` has it. @with_stores: also what
 * loading needs. */
bool nagaya_manager_open(struct nagaya_manager *manager, bool with_stores);
void nagaya_manager_close(struct nagaya_manager *manager);

/** An array of the plan; its bounds were checked when the manager was opened. */
const struct plan_vm *nagaya_vm(const struct nagaya_manager *manager, uint32_t vm);
const struct plan_vcpu *nagaya_vcpu(const struct nagaya_manager *manager, uint32_t vcpu);
/** The core that a vCPU runs on; its `number` is the one in the board's device tree. */
const struct plan_core *nagaya_core(const struct nagaya_manager *manager,
                                    const struct plan_vcpu *vcpu);
const void *nagaya_plan_at(const struct plan *plan, struct plan_array array);

/** The number of the VM @name. */
bool nagaya_vm_find(const struct nagaya_manager *manager, const char *name, uint32_t *vm);

/** What a VM does at this moment. */
struct vm_status nagaya_vm_status(const struct nagaya_manager *manager, uint32_t vm);

/** The VM's store, or NULL if it has none or the manager was opened without them. */
const struct nagaya_store *nagaya_vm_store(const struct nagaya_manager *manager, uint32_t vm);

/** Gives a command; what it begins may take longer than this call (nagaya_vm_wait). */
bool nagaya_vm_command(const struct nagaya_manager *manager, uint32_t vm,
                       enum manager_command command);

/**
 * Waits until the VM is off (MANAGER_STOP), or runs and has been started since @before.
 *
 * @timeout_ms  not below 0
 */
bool nagaya_vm_wait(const struct nagaya_manager *manager, uint32_t vm, enum manager_command command,
                    struct vm_status before, int timeout_ms);

/** Waits until a VM is lost by a fault of the hypervisor's own, since the last wait (or the
 * opening); @timeout_ms below 0: for ever. */
enum nagaya_wait nagaya_manager_wait(struct nagaya_manager *manager, int timeout_ms);

/** What CPU @cpu (index in the plan) has told of an exception inside the hypervisor; false if
 * there was none. */
bool nagaya_engine_fault(const struct nagaya_manager *manager, uint32_t cpu,
                         struct engine_fault *fault);

/** How far a reader of the hypervisor's log is; starts as zeros. */
struct nagaya_log {
    uint64_t read[PLAN_MAX_CPUS];
    uint64_t lost; /* records that were overwritten before they were read, up to now */
};
#define NAGAYA_LOG_ROOM (PLAN_MAX_CPUS * LOG_RING_RECORDS)

/** The records since the last call, sorted by time; their number. @records has room for
 * NAGAYA_LOG_ROOM. */
size_t nagaya_log_read(const struct nagaya_manager *manager, struct nagaya_log *log,
                       struct log_record *records);

/** The physical counter, in whose ticks the hypervisor gives times, and its frequency in Hz. */
uint64_t nagaya_counter(void);
uint64_t nagaya_counter_frequency(void);

#endif
