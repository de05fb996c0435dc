/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI towards the machine's firmware, by the conduit that the board's device tree names.
 */
#include "conduit.h"
#include "el2_map.h"
#include "firmware.h"
#include "plan_access.h"
#include "psci.h"

extern const uint8_t _start[];

int64_t firmware_start_cpu(uint32_t cpu)
{
    phys_addr_t entry = {plan.hypervisor.pa + ((uint64_t)_start - EL2_BASE)};

    if (plan.conduit != PLAN_CONDUIT_SMC) {
        return PSCI_NOT_SUPPORTED; /* an HVC from EL2 would come to ourselves */
    }
    return (int64_t)conduit_smc(PSCI_CPU_ON | PSCI_64, plan.cpus[cpu].mpidr, entry.pa, 0);
}

void firmware_power_off(void)
{
    if (plan.conduit == PLAN_CONDUIT_SMC) {
        (void)conduit_smc(PSCI_SYSTEM_OFF, 0, 0, 0);
    }
}

void firmware_reset(void)
{
    if (plan.conduit == PLAN_CONDUIT_SMC) {
        (void)conduit_smc(PSCI_SYSTEM_RESET, 0, 0, 0);
    }
}
