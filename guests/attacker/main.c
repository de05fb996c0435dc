/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attacker: tries on each of its cores everything that a guest must not be able to do. Lines,
 * stable for tests:
 *
 *     attacker: core N of M                       before that core's attacks
 *     attack NAME.CORE: abort at 0x..., all N steps refused
 *     attack NAME.CORE: refused, all N answers as specified
 *     attack NAME.CORE: survived, ...             allowed, or without effect on others by design
 *     attack NAME.CORE: sent, ...
 *     attack NAME.CORE: WRONG, ...                not isolation, but not what the specification
 * says attack NAME.CORE: BREACH, ...               isolation has failed attacker: N answers not as
 * specified attacker: N attacks, M breaches
 *
 * Then it switches itself off. On bare metal it finds breaches: nothing isolates it there.
 */
#include <stdbool.h>
#include <stdio.h>

#include "attack.h"
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/fault.h"
#include "kit/probe.h"
#include "user.h"

static volatile bool finished;

static void attack_all(void *context)
{
    (void)context;
    printf("attacker: core %u of %u\n", cpu_index(), (unsigned)machine()->cpu_count);
    attack_memory();
    attack_calls();
    attack_psci();
    attack_registers();
    attack_maintenance();
    attack_odd_accesses();
    attack_user_mode();
    attack_interrupts();
    attack_redistributor();
    attack_cpu_interface();
    attack_waiting();
    finished = true;
}

int main(void)
{
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        probe_start(i);
    }
    fault_start(user_returned, user_leave);
    attack_all(NULL);
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        if (i == cpu_index()) {
            continue;
        }
        finished = false;
        if (cpu_start(i, attack_all, NULL) != 0) {
            printf("attacker: core %u does not start\n", i);
            continue;
        }
        while (!finished)
            ;
    }
    attack_together();
    attack_summary();
    return 0;
}
