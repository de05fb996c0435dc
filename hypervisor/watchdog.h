/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdogs (abi/manager.h, struct plan_watchdog): looked at by a CPU that the composer chose, never by the VM's own.
 */
#ifndef HYPERVISOR_WATCHDOG_H
#define HYPERVISOR_WATCHDOG_H

#include "manager.h"

/** A VM's own page, which it writes to: that pets its watchdog. */
struct watchdog_place {
    _Alignas(PLAN_PAGE_SIZE) struct watchdog_page page;
};

extern struct watchdog_place watchdog_pages[PLAN_MAX_VMS];

#endif
