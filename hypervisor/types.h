/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds of addresses and numbers, kept apart by the compiler at no cost.
 */
#ifndef HYPERVISOR_TYPES_H
#define HYPERVISOR_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An address in the machine's memory. */
typedef struct {
    uint64_t pa;
} phys_addr_t;

/** An address that a guest takes for physical: the input of stage 2. */
typedef struct {
    uint64_t ipa;
} guest_addr_t;

/** The number of an interrupt, as the GIC counts. */
typedef struct {
    uint32_t id;
} intid_t;

/** A function that need not be fast, in a file that is (build.mk). */
#define SLOW __attribute__((cold))

/** What a VM's CPUs change by exclusive accesses lies this far from another VM's, or one could
 * make the other's fail (decision 0005): a line of the caches, which is what cores known reserve
 * for an exclusive access. */
#define CACHE_LINE 64

#endif
