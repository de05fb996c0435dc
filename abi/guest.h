/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest may ask of the hypervisor, and what it can read of itself.
 *
 * Calls follow the SMC calling convention (Arm DEN 0028E): `hvc #0`, function in x0, arguments from x1,
 * result in x0, every other register kept. PSCI (Arm DEN 0022) is answered by `hvc #0` and by `smc #0`;
 * the functions here by `hvc` only. docs/hypercalls.md is the reference.
 */
#ifndef ABI_GUEST_H
#define ABI_GUEST_H

#include <assert.h>
#include <stdint.h>

/* Functions: fast calls, 64-bit, of the range for vendor-specific hypervisor services. */
#define HC_NULL       0xc6000000 /* does nothing; returns 0 */
#define HC_INFO       0xc6000001 /* returns the address (ipa) of the info page */
#define HC_EXIT_COUNT 0xc6000002 /* returns how often this vCPU has left its guest since boot, this call included */
#define HC_RING                                                                                                        \
    0xc6000003 /* x1: doorbell, by its number in info_peer. Returns HC_OK, HC_ERR_NOT_ALLOWED if there is              \
                * no such doorbell, or HC_ERR_AGAIN if it was rung too soon (info_channel.interval) */
#define HC_PET      0xc6000004 /* pets this VM's watchdog, if it has one; returns 0 */
#define HC_FAST_END 0xc6000005 /* the calls above return at once; those below may let others run meanwhile */
#define HC_YIELD    0xc6000010 /* gives up the rest of this turn on a shared core; returns 0 */
#define HC_DELAY                                                                                                       \
    0xc6000011 /* x1 ns at most, or HC_FOREVER: gives up the core until an interrupt is pending for this               \
                * vCPU (returns HC_OK) or the time is over (returns HC_TIMED_OUT). VMs with                            \
                * direct interrupts have WFI instead: HC_ERR_NOT_SUPPORTED, here and below */
#define HC_EVENT_WAIT                                                                                                      \
    0xc6000012            /* gives up the core until the 32-bit word at address x1 (ipa, in the VM's RAM, a multiple       \
                           * of 4) is not 0; it is looked at every x2 ns, HC_INTERVAL_MIN to HC_INTERVAL_MAX. An interrupt \
                           * doesn't end it. Returns 0, HC_ERR_ADDRESS or HC_ERR_INTERVAL */
#define HC_END 0xc6000013 /* first number that is none */

#define HC_FOREVER      0xffffffffffffffff
#define HC_INTERVAL_MIN 100000        /* ns */
#define HC_INTERVAL_MAX 1000000000000 /* ns */

/* The convention's own: who answers here. The UID comes in w0..w3. */
#define HC_VENDOR_UID      0x8600ff01
#define HC_VENDOR_REVISION 0x8600ff03 /* w0 major, w1 minor */

/* Results below zero are errors. */
#define HC_OK                0
#define HC_TIMED_OUT         1
#define HC_ERR_NOT_SUPPORTED (-1) /* no such function (DEN 0028E, 5.1) */
#define HC_ERR_ADDRESS       (-2) /* not in this VM's RAM, or not aligned */
#define HC_ERR_INTERVAL      (-3) /* too short or too long */
#define HC_ERR_NOT_ALLOWED   (-4) /* the system doesn't grant that */
#define HC_ERR_AGAIN         (-5) /* too soon: try again */

#define INFO_MAGIC        0x4f464e4941594147ULL /* the bytes "GAYAINFO" */
#define INFO_VERSION      2U
#define INFO_MAX_VCPUS    16U
#define INFO_MAX_CHANNELS 8U
#define INFO_MAX_PEERS    3U
#define INFO_NAME_SIZE    32U
#define INFO_COMPATIBLE   "nagaya,info" /* device tree node with the page's address in reg; the root is "nagaya,vm" */

/** One of the VM's virtual CPUs. */
struct info_vcpu {
    uint64_t mpidr; /* as the guest reads it, without bit 31 */
    uint32_t cpu;   /* index of the physical CPU in the board's device tree */
    uint32_t reserved;
};

/** Another member of a channel. A 32-bit store of any value to its doorbell page rings it; rung too soon, the store is
 * tried again by the hardware until it may, interrupts between. HC_RING is the same without waiting. */
struct info_peer {
    char vm[INFO_NAME_SIZE];
    uint64_t doorbell; /* ipa of the page that rings it */
    uint64_t status;   /* ipa of its status page, read-only (struct vm_status of manager.h) */
    uint32_t member;   /* its number among the channel's members, in the order of the system's file */
    uint32_t number;   /* of that doorbell, for HC_RING */
};

#define INFO_CHANNEL_WRITE 1U /* this VM may write to the memory */

/** A channel: memory shared with other VMs, and doorbells between them. */
struct info_channel {
    char name[INFO_NAME_SIZE];
    uint64_t memory; /* ipa of the shared memory */
    uint64_t memory_size;
    uint64_t interval;  /* ns: rings closer than this are too soon */
    uint32_t interrupt; /* INTID of the doorbell that rings here; edge-triggered */
    uint32_t flags;     /* INFO_CHANNEL_* */
    uint32_t member;    /* this VM's number among the members */
    uint32_t peer_count;
    struct info_peer peers[INFO_MAX_PEERS];
};

/** The info page: one page, read-only for the VM, its address by HC_INFO and in the device tree. */
struct info_page {
    uint64_t magic;
    uint32_t version;
    uint32_t vm; /* index of the VM */
    char name[INFO_NAME_SIZE];
    uint64_t counter_frequency; /* Hz, what CNTFRQ_EL0 reads; filled in at the VM's start */
    uint32_t vcpu_count;
    uint32_t channel_count;
    uint64_t watchdog;        /* ipa of the watchdog page (struct watchdog_page of manager.h); 0: there is none */
    uint64_t watchdog_period; /* ns */
    struct info_vcpu vcpus[INFO_MAX_VCPUS];
    struct info_channel channels[INFO_MAX_CHANNELS];
};

static_assert(sizeof(struct info_vcpu) == 16, "shared structure");
static_assert(sizeof(struct info_peer) == 56, "shared structure");
static_assert(sizeof(struct info_channel) == 72 + 3 * 56, "shared structure");
static_assert(sizeof(struct info_page) == 80 + 16 * 16 + 8 * 240, "shared structure");

#endif
