/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels to other VMs (abi/guest.h), the watchdog of this one, and what a manager may do
 * (abi/manager.h). What goes over a channel's memory is not the kit's.
 */
#ifndef KIT_CHANNEL_H
#define KIT_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "info.h"
#include "kit/fdt.h"
#include "manager.h"
#include "observe.h"

/** The channel @name of this VM, its memory, doorbells and status pages mapped at their
 * addresses; NULL: none. */
const struct info_channel *channel_open(const char *name);

/** Rings by a store: comes back when it was rung, however long that takes. */
void channel_ring(const struct info_peer *peer);

/** Rings by a hypercall: HC_OK, HC_ERR_AGAIN. */
int64_t channel_ring_now(const struct info_peer *peer);

/** What the VM of @peer does. */
const volatile struct vm_status *channel_status(const struct info_peer *peer);

/** The page that pets this VM's watchdog, mapped; NULL: none. */
volatile struct watchdog_page *watchdog_open(void);

/** The command page of a manager, mapped; NULL: this VM is none. */
volatile struct manager_page *manager_open(void);

/** The status pages of all VMs as a manager sees them, one page each, mapped; NULL: this VM is
 * none. */
const volatile struct vm_status *manager_status(uint32_t vm);

/** The interrupt that tells a manager that a VM is lost, edge-triggered; 0: this VM is none. */
uint32_t manager_doorbell(void);

/** What CPU @cpu (index in the plan) has told of an exception inside the hypervisor, mapped;
 * NULL: this VM is no manager. */
const volatile struct engine_fault *manager_fault(uint32_t cpu);

/** The store of VM @vm, from which its memory is brought back at each start, mapped for writing;
 * false: it has none. */
bool manager_store(uint32_t vm, struct fdt_range *store);

/** Stores @command for VM @vm; its result. */
enum manager_result manager_command(uint32_t vm, uint32_t command);

#endif
