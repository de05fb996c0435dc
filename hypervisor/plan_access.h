/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the plan. Its checksum was verified at boot, and the composer has checked every index and
 * range, so nothing is checked again here. All functions cost a few instructions.
 */
#ifndef HYPERVISOR_PLAN_ACCESS_H
#define HYPERVISOR_PLAN_ACCESS_H

#include "plan.h"
#include "types.h"

/** The plan, mapped read-only right behind the read-only data. */
extern const struct plan plan;

static inline const void *plan_array(struct plan_array array)
{
    return (const uint8_t *)&plan + array.offset;
}

static inline const struct plan_vm *plan_vm(uint32_t index)
{
    return (const struct plan_vm *)plan_array(plan.vms) + index;
}

static inline const struct plan_vcpu *plan_vcpu(uint32_t index)
{
    return (const struct plan_vcpu *)plan_array(plan.vcpus) + index;
}

/** Position of @vm in the plan: its VMID tells it (plan.h). */
static inline uint32_t plan_vm_index(const struct plan_vm *vm)
{
    return (uint32_t)(vm->stage2.vttbr >> 48) - 1;
}

#endif
