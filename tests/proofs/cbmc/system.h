/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any system that the composer may have made, up to a size: VMs, vCPUs, CPUs, INTIDs as many as
 * here. What is assumed is what `nagaya check` finds in the finished image (composer/check/).
 */
#ifndef PROOFS_SYSTEM_H
#define PROOFS_SYSTEM_H

#include "cpu.h"
#include "gic_local.h"
#include "vcpu.h"
#include "vm.h"

#define VMS         2U
#define VCPUS       4U
#define CPUS        3U
#define INTID_WORDS 3U
#define DOORBELLS   3U
#define RANGES      3U
#define SPIS        0x80010001U /* of 32 in a word, those that VMs may own */

/* plan_array finds these, by their offset: an index beyond one is seen. */
extern struct plan_vm system_vms[VMS];
extern struct plan_vcpu system_vcpus[VCPUS];
extern struct plan_doorbell system_doorbells[VMS][DOORBELLS];
extern struct plan_memory system_memory[VMS][RANGES];

/** The loaded vCPU. */
extern struct vcpu loaded;

/** Any system, any of its vCPUs loaded on its CPU. */
void system_any(void);

/** Whether the loaded vCPU's VM owns all of the interrupts @bits of word @n. */
bool system_owns(uint32_t n, uint32_t bits);

/** Whether vCPU @vcpu (index in the plan) is one of the loaded vCPU's VM. */
bool system_is_own(uint32_t vcpu);

/** The vCPU of the loaded vCPU's VM that is on CPU @cpu, or PLAN_NONE. */
uint32_t system_vcpu_on(uint32_t cpu);

#endif
