/* SPDX-License-Identifier: Apache-2.0 */
#include "log_read.h"
#include "nagaya.h"

size_t nagaya_log_read(const struct nagaya_manager *manager, struct nagaya_log *log,
                       struct log_record *records)
{
    return log_read(manager->rings, manager->plan->cpu_count, log->read, &log->lost, records);
}

bool nagaya_engine_fault(const struct nagaya_manager *manager, uint32_t cpu,
                         struct engine_fault *fault)
{
    return cpu < manager->plan->cpu_count && fault_read(&manager->rings[cpu], fault);
}
