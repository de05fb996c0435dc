/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager VM's commands: see command.h.
 */
#include "command.h"

#include "types.h"

/** The plan names its physical address. */
struct manager_page manager_pages SHARED_PAGES(manager);
