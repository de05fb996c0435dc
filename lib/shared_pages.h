/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of the hypervisor's shared data that VMs may be shown, as the hypervisor lays them out:
 * what a manager observes is one run of status pages, counters and log rings, each padded to its
 * last page's end.
 */
#ifndef LIB_SHARED_PAGES_H
#define LIB_SHARED_PAGES_H

#include "manager.h"
#include "observe.h"

#define SHARED_PAGES_UP(size) (((size) + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE)

#define SHARED_STATUS_SIZE   ((uint64_t)PLAN_MAX_VMS * PLAN_PAGE_SIZE)
#define SHARED_STATS_SIZE    SHARED_PAGES_UP((uint64_t)PLAN_MAX_VCPUS * sizeof(struct vcpu_stats))
#define SHARED_LOG_SIZE      SHARED_PAGES_UP((uint64_t)PLAN_MAX_CPUS * sizeof(struct log_ring))
#define SHARED_WATCHDOG_SIZE ((uint64_t)PLAN_MAX_VMS * PLAN_PAGE_SIZE)

/* Offsets from the first status page. */
#define OBSERVE_STATS_OFFSET SHARED_STATUS_SIZE
#define OBSERVE_LOG_OFFSET   (OBSERVE_STATS_OFFSET + SHARED_STATS_SIZE)
#define OBSERVE_SIZE         (OBSERVE_LOG_OFFSET + SHARED_LOG_SIZE)

#endif
