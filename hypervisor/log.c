/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log rings: each written by its own CPU only, so that no lock is needed.
 */
#include "log.h"

#include <stdatomic.h>

#include "console.h"
#include "core_local.h"
#include "cpu.h"

/** Read from outside; the plan names their physical address. */
SHARED_PAGES(log) struct log_ring log_rings[PLAN_MAX_CPUS];

void log_write(enum log_event event, const struct plan_vcpu *vcpu, uint64_t a0, uint64_t a1,
               uint64_t a2, uint64_t a3)
{
    struct log_ring *ring = &log_rings[this_cpu.index];
    struct log_record *record = &ring->records[ring->written % LOG_RING_RECORDS];

    record->time = cpu_counter();
    record->event = (uint16_t)event;
    record->cpu = (uint16_t)this_cpu.index;
    record->vm = 0xffff;
    if (vcpu != NULL) {
        record->vm = (uint16_t)vcpu->vm;
        record->vcpu = (uint16_t)(vcpu - plan_vcpu(plan_vm(vcpu->vm)->first_vcpu));
    }
    record->arguments[0] = a0;
    record->arguments[1] = a1;
    record->arguments[2] = a2;
    record->arguments[3] = a3;
    __atomic_store_n(&ring->written, ring->written + 1, __ATOMIC_RELEASE);
    console_print_log();
}

struct engine_fault *log_engine_fault(void)
{
    return &log_rings[this_cpu.index].fault;
}
