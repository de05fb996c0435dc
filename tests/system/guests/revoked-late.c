/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two VMs, for a revocation that comes late (tests/system/test_revoked_late.py). The manager
 * restarts the other one, once: "late: restart RESULT". That one says "late: alive" ten times and
 * more while it lives, then turns its only CPU off.
 */
#include <stdio.h>

#include "kit/channel.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "manager.h"

#define TIMES       15U
#define INTERVAL_NS UINT64_C(200000000)

static void manage(void)
{
    manager_open();
    printf("late: restart %d\n", (int)manager_command(1, MANAGER_RESTART));
    for (;;) {
        (void)hypercall(HC_DELAY, HC_FOREVER, 0, 0);
    }
}

static void live(void)
{
    for (unsigned i = 0; i < TIMES; i++) {
        uint64_t next = timer_now() + timer_from_ns(INTERVAL_NS);

        printf("late: alive\n");
        while (timer_now() < next)
            ;
    }
    psci_cpu_off();
}

int main(void)
{
    if (hypercall_info()->vm == 0) {
        manage();
    }
    live();
    return 0;
}
