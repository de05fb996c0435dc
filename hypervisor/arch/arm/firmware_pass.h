/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests' calls of the machine's firmware, for what the hypervisor has no answer of its own: a
 * board's clocks, power domains and fuses (plan_vm.firmware).
 */
#ifndef ARM_FIRMWARE_PASS_H
#define ARM_FIRMWARE_PASS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Passes an SMC of the guest's on to the firmware, if its VM may call that function.
 *
 * @x       the guest's x0 to x7; x0 to x3 are the firmware's results then. Nothing else of the
 *          guest's changes, as version 1.1 of the convention says, whatever version the firmware
 *          keeps to (Arm DEN 0028E, 2.6).
 * Returns  false if the VM may not; then @x is as it was.
 * Cost     PLAN_MAX_FIRMWARE comparisons, and the time that the firmware takes, which nothing
 *          bounds.
 */
bool firmware_pass(uint64_t *x);

#endif
