/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By which affinities a VM knows its vCPUs.
 */
#include "affinity.h"

uint32_t vm_vcpu(const struct plan_vm *vm, uint64_t mpidr)
{
    /* bound: VM_VCPUS */
    for (uint32_t i = vm->first_vcpu; i < vm->first_vcpu + vm->vcpu_count; i++) {
        if (plan_vcpu(i)->mpidr == mpidr) {
            return i;
        }
    }
    return PLAN_NONE;
}
