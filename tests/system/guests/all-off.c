/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM that ends by CPU_OFF of its last core: the first one goes off while the other is on, then
 * that one too.
 */
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"

static void other_core(void *context)
{
    uint64_t first = *(const volatile uint64_t *)context;

    while (psci_call(PSCI_AFFINITY_INFO, first, 0, 0) != PSCI_AFFINITY_OFF)
        ;
    printf("all-off: the first core is off\n");
}

int main(void)
{
    static uint64_t mpidr;

    mpidr = cpu_mpidr();
    (void)cpu_start(1, other_core, &mpidr);
    psci_cpu_off();
}
