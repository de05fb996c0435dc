/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers that only a GICv3 has. Part of gic_proof.c (#include).
 */
#include "arch/arm/gic/v3/emulation_redistributor.c"
#include "arch/arm/gic/v3/emulation_route.c"

uint32_t vm_vcpu(const struct plan_vm *vm, uint64_t mpidr)
{
    uint32_t found = nondet_u32();

    (void)mpidr;
    prove(vm == this_cpu.vm, "of the loaded vCPU's VM");
    assume(found == PLAN_NONE || system_is_own(found));
    return found;
}
