/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stops and restarts that do not come to an end: see late.h.
 */
#include "late.h"

#include "cpu.h"
#include "log.h"
#include "vm.h"

uint64_t late_asked(const struct plan_vm *vm)
{
    const struct vm_status_page *page = vm_status_page(vm);
    uint32_t phase = atomic_load(&page->phase);

    return phase == VM_STATUS_STOPPING || phase == VM_STATUS_RESTARTING ? page->status.time : 0;
}

void late_tell(const struct plan_vm *vm, uint64_t asked)
{
    log_write(LOG_VM_LATE, plan_vcpu(vm->first_vcpu),
              (cpu_counter() - asked) * 1000 / cpu_counter_frequency(), 0, 0, 0);
}
