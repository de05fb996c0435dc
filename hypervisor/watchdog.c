/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdogs: see watchdog.h.
 */
#include "watchdog.h"

#include "types.h"

/** The plan names their physical address. */
struct watchdog_place watchdog_pages[PLAN_MAX_VMS] SHARED_PAGES(watchdog);
