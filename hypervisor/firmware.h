/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hypervisor asks of the machine's firmware.
 */
#ifndef HYPERVISOR_FIRMWARE_H
#define HYPERVISOR_FIRMWARE_H

#include "types.h"

/** Starts the CPU with affinity @mpidr at @entry with @context in x0. Returns 0 or a PSCI error (< 0). */
int64_t firmware_cpu_on(uint64_t mpidr, phys_addr_t entry, uint64_t context);

/** Turns the machine off; returns only if the firmware can't. */
void firmware_power_off(void);

/** Makes the machine start anew; returns only if the firmware can't. */
void firmware_reset(void);

#endif
