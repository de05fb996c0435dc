/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager VM's commands (abi/manager.h).
 */
#ifndef HYPERVISOR_COMMAND_H
#define HYPERVISOR_COMMAND_H

#include <stdbool.h>

#include "manager.h"

/** The command page: managers read it. */
extern struct manager_page manager_pages;

/**
 * The loaded vCPU, a manager's, has stored @value, of @size bytes, at @offset of that page. Carries
 * it out.
 *
 * Returns  false if no command is there: a fault of the guest.
 * Cost     that of vm_request.
 */
bool command_store(uint64_t offset, uint32_t size, uint32_t value);

#endif
