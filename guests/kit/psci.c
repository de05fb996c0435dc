/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI calls by the device tree's conduit.
 */
#include "kit/psci.h"

#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/smccc.h"
#include "kit/timer.h"

int64_t psci_call(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    int64_t result = PSCI_NOT_SUPPORTED;

    if (machine()->conduit == MACHINE_CONDUIT_HVC) {
        result = (int64_t)smccc_hvc(function, x1, x2, x3).x0;
    }
    if (machine()->conduit == MACHINE_CONDUIT_SMC) {
        result = (int64_t)smccc_smc(function, x1, x2, x3).x0;
    }
    /* all results are 32-bit numbers; PSCI leaves the upper half open for 32-bit calls */
    return (int32_t)result;
}

bool psci_goes_off(uint64_t mpidr, uint64_t patience_ns)
{
    uint64_t end = timer_now() + timer_from_ns(patience_ns);

    while (psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0) != PSCI_AFFINITY_OFF) {
        if (timer_now() > end) {
            return false;
        }
    }
    return true;
}

/** Calls a function that does not return where it is there; else sleeps. */
static _Noreturn void call_and_stay(uint64_t function)
{
    cpu_interrupts_disable();
    for (;;) {
        (void)psci_call(function, 0, 0, 0);
        cpu_wait_for_interrupt();
    }
}

_Noreturn void psci_cpu_off(void)
{
    call_and_stay(PSCI_CPU_OFF);
}

_Noreturn void psci_system_off(void)
{
    call_and_stay(PSCI_SYSTEM_OFF);
}

_Noreturn void psci_system_reset(void)
{
    call_and_stay(PSCI_SYSTEM_RESET);
}
