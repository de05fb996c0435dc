/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM of two cores: the first waits for an event that never comes, the other one resets the VM
 * meanwhile.
 */
#include <stdatomic.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define INTERVAL_NS UINT64_C(1000000)

static atomic_uint event;

static void other_core(void *context)
{
    uint64_t end = timer_now() + timer_frequency() / 200;

    (void)context;
    while (timer_now() < end)
        ;
    psci_system_reset();
}

int main(void)
{
    printf("reset-waiting: start\n");
    if (cpu_start(1, other_core, NULL) != PSCI_SUCCESS) {
        printf("reset-waiting: no second core\n");
    }
    hypercall(HC_EVENT_WAIT, (uint64_t)&event, INTERVAL_NS, 0);
    printf("reset-waiting: came back\n");
}
