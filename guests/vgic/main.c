/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest may expect of its interrupts, promise by promise: the same on the bare machine, with
 * direct and with virtual interrupts, on cores of one's own and on shared ones. Lines, stable for
 * tests:
 *
 *     vgic NAME: ok
 *     vgic NAME: not on this controller
 *     vgic NAME: FAILED, WHAT
 *     vgic done
 *
 * Most promises are looked at with interrupts masked in PSTATE, by acknowledging what comes; so
 * each step is seen.
 */
#include <stdio.h>

#include "check.h"
#include "devices.h"
#include "interrupt.h"

const char not_here[] = "not on this controller";

int main(void)
{
    static const struct check *const parts[] = {checks_delivery, checks_order,   checks_state,
                                                checks_end,      checks_waiting, checks_cores,
                                                checks_senders};

    devices_start();
    for (unsigned part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
        for (const struct check *check = parts[part]; check->name != NULL; check++) {
            const char *wrong;

            interrupt_clean();
            wrong = check->run();
            if (wrong == NULL || wrong == not_here) {
                printf("vgic %s: %s\n", check->name, wrong == NULL ? "ok" : wrong);
            } else {
                printf("vgic %s: FAILED, %s\n", check->name, wrong);
            }
        }
    }
    printf("vgic done\n");
    return 0;
}
