/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages behind which the hypervisor is: the interrupt controller's, doorbells, status, command,
 * watchdog and info pages.
 */
#ifndef FUZZER_PAGES_H
#define FUZZER_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "access.h"
#include "random.h"

#define PAGES_MAX 32U

/** A range of such pages. What is next to it belongs to nobody. */
struct pages {
    uint64_t start; /* as mapped for devices, its own address */
    /* as mapped for memory: unaligned accesses get through to the hypervisor there */
    uint64_t other;
    uint64_t size;
    uint64_t dense; /* registers lie in so many bytes from the start */
    bool doorbell;
};

/** Finds and maps all of them. */
void pages_start(void);

uint32_t pages_count(void);
const struct pages *pages_get(uint32_t index);

/** An access to any of them. */
struct access pages_random(struct random *random);

/** Whether a store there may have to wait. */
bool pages_is_slow(const struct access *access);

/** Whether @access would order what is no fault but ends the run: another VM's stop, or its own. */
bool pages_ends_run(const struct access *access);

#endif
