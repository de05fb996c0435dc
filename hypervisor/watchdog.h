/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdogs (abi/manager.h, struct plan_watchdog): looked at by a CPU that the composer chose,
 * never by the VM's own.
 */
#ifndef HYPERVISOR_WATCHDOG_H
#define HYPERVISOR_WATCHDOG_H

#include <stdint.h>

#include "core_local.h"
#include "manager.h"

/** A VM's own page, which it writes to: that pets its watchdog. */
struct watchdog_place {
    _Alignas(PLAN_PAGE_SIZE) volatile struct watchdog_page page;
};

extern struct watchdog_place watchdog_pages[PLAN_MAX_VMS];

/** When this CPU polls its watchdogs next, in ns. */
extern PERCPU uint64_t watchdog_due;

/** Looks at the watchdogs of this CPU's plan_core.watched whose time has come by @now. Cost:
 * bounded by their number, and for each VM that was not petted, that of vm_request. */
void watchdog_check(uint64_t now);

/** Pets the loaded vCPU's VM. */
void watchdog_pet(void);

#endif
