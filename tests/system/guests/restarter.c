/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that restarts a neighbour at random moments, the same ones in each run, until another
 * one is off. Boot arguments: restarted=VM until=VM, by their numbers, and gap=NS, the longest time
 * between two restarts. In the end it stops whoever it restarted, and tells
 *
 *     restarter: restarts=N
 */
#include <inttypes.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/hypercall.h"
#include "kit/machine.h"

#include "../../../bench/guests/variation.h"

int main(void)
{
    uint32_t vm = (uint32_t)machine_argument("restarted", 1);
    const volatile struct vm_status *restarted = manager_status(vm);
    const volatile struct vm_status *until = manager_status((uint32_t)machine_argument("until", 2));
    uint64_t gap = machine_argument("gap", 1000000);
    uint64_t variation = VARIATION_START;
    uint64_t restarts = 0;

    while (until->state != VM_STATUS_OFF) {
        (void)hypercall(HC_DELAY, 1 + variation_next(&variation, gap), 0, 0);
        if (restarted->state == VM_STATUS_RUNNING &&
            manager_command(vm, MANAGER_RESTART) == MANAGER_OK) {
            restarts++;
        }
    }
    while (restarted->state != VM_STATUS_OFF) {
        (void)manager_command(vm, MANAGER_STOP);
        (void)hypercall(HC_DELAY, gap, 0, 0);
    }
    printf("restarter: restarts=%" PRIu64 "\n", restarts);
    return 0;
}
