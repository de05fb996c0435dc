/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest can read of itself: its info page, made by the composer. docs/hypercalls.md is the
 * reference.
 */
#ifndef ABI_INFO_H
#define ABI_INFO_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "guest.h"

#define INFO_MAGIC        0x4f464e4941594147ULL /* the bytes "GAYAINFO" */
#define INFO_VERSION      2U
#define INFO_MAX_VCPUS    16U
#define INFO_MAX_CHANNELS 8U
#define INFO_MAX_PEERS    3U
#define INFO_NAME_SIZE    32U
/* device tree node with the page's address in reg; the root is "nagaya,vm" */
#define INFO_COMPATIBLE "nagaya,info"

/** One of the VM's virtual CPUs. */
struct info_vcpu {
    uint64_t mpidr; /* as the guest reads it, without bit 31 */
    uint32_t cpu;   /* index of the physical CPU in the board's device tree */
    uint32_t reserved;
};

/** Another member of a channel. A 32-bit store of any value to its doorbell page rings it; rung
 * too soon, the store is tried again by the hardware until it may, interrupts between. HC_RING
 * is the same without waiting. */
struct info_peer {
    char vm[INFO_NAME_SIZE];
    uint64_t doorbell; /* ipa of the page that rings it */
    uint64_t status;   /* ipa of its status page, read-only (struct vm_status of manager.h) */
    /* its number among the channel's members, in the order of the system's file */
    uint32_t member;
    uint32_t number; /* of that doorbell, for HC_RING */
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
    /* ipa of the watchdog page (struct watchdog_page of manager.h); 0: there is none */
    uint64_t watchdog;
    uint64_t watchdog_period; /* ns */
    struct info_vcpu vcpus[INFO_MAX_VCPUS];
    struct info_channel channels[INFO_MAX_CHANNELS];
};

static_assert(sizeof(struct info_vcpu) == 16, "shared structure");
static_assert(sizeof(struct info_peer) == 56, "shared structure");
static_assert(sizeof(struct info_channel) == 72 + 3 * 56, "shared structure");
static_assert(offsetof(struct info_page, counter_frequency) == INFO_COUNTER_FREQUENCY,
              "the hypervisor fills it in");
static_assert(sizeof(struct info_page) == 80 + 16 * 16 + 8 * 240, "shared structure");

#endif
