/* SPDX-License-Identifier: Apache-2.0 */
/* Where the CPUs were when the time was over, in words: with the function's name where the
 * program has symbols. */
#ifndef COMPOSER_RUN_WHERE_H
#define COMPOSER_RUN_WHERE_H

#include "run_monitor.h"
#include "system.h"

struct where {
    struct cpu_location places[PLAN_MAX_CPUS]; /* by the board's number */
    size_t count;                              /* 0: not known */
    const struct system *system;
    const char *engine; /* the hypervisor's ELF file */
};

/** What a CPU does, and where; NULL if that is not known. @vm: index of the only VM that it runs,
 * or PLAN_NONE. */
const char *where_text(const struct where *where, const struct plan *plan, uint32_t cpu,
                       uint32_t vm);

#endif
