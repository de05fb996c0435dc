/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager VM's commands (abi/manager.h).
 */
#ifndef HYPERVISOR_COMMAND_H
#define HYPERVISOR_COMMAND_H

#include "manager.h"

/** The command page: managers read it. */
extern struct manager_page manager_pages;

#endif
