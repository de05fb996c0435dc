/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of the VMs on this CPU, seen through the bounded window that the composer mapped
 * (abi/el2_map.h).
 */
#ifndef HYPERVISOR_GUEST_MEMORY_H
#define HYPERVISOR_GUEST_MEMORY_H

#include "guest.h"
#include "plan_access.h"

/** Fills in what the info page of @vm, which may run on this CPU, says of the machine, through to
 * memory. */
void guest_info_complete(const struct plan_vm *vm);

/** Whether @address is in the RAM of @vm. Cost: bounded by the VM's number of memory ranges. */
bool guest_memory_has(const struct plan_vm *vm, guest_addr_t address);

/** The 32-bit word at @address of @vm, in its RAM (guest_memory_has) and aligned. Cost: the same.
 */
uint32_t guest_memory_word(const struct plan_vm *vm, guest_addr_t address);

/** Takes all memory from @vm, whose root is mapped here: its CPUs, wherever they are, come to EL2
 * with their next access. */
void guest_memory_revoke(const struct plan_vm *vm);

/** Does @size bytes, from @offset on, of @step of bringing a VM's RAM to its first state. */
void guest_memory_restore(const struct plan_restore *step, uint64_t offset, uint64_t size);

/** Gives its memory back to @vm, none of whose vCPUs runs. */
void guest_memory_grant(const struct plan_vm *vm);

#endif
