/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By which affinities (MPIDR_EL1) a VM knows its vCPUs.
 */
#ifndef ARM_AFFINITY_H
#define ARM_AFFINITY_H

#include "plan_access.h"

/** The vCPU (index in the plan) of @vm that the VM knows by affinity @mpidr, or PLAN_NONE. Cost:
 * bounded by the number of its vCPUs. */
uint32_t vm_vcpu(const struct plan_vm *vm, uint64_t mpidr);

#endif
