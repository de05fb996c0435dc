/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hypervisor asks of the machine's firmware.
 */
#ifndef HYPERVISOR_FIRMWARE_H
#define HYPERVISOR_FIRMWARE_H

#include "types.h"

/** Starts CPU @cpu (index in the plan): it will come to hypervisor_main. Returns 0 or an error (<
 * 0). */
int64_t firmware_start_cpu(uint32_t cpu);

/** Turns the machine off; returns only if the firmware can't. */
void firmware_power_off(void);

/** Makes the machine start anew; returns only if the firmware can't. */
void firmware_reset(void);

#endif
