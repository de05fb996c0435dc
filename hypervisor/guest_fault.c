/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest does that it may not: see guest_fault.h.
 */
#include "guest_fault.h"

#include "cpu.h"
#include "log.h"
#include "vcpu.h"
#include "vm.h"

void guest_log(enum log_event event, uint64_t argument, uint64_t cause)
{
    log_write(event, this_cpu.vcpu->plan, argument, guest_pc(), cause, 0);
}

void guest_fault(enum log_event event, uint64_t argument, uint64_t cause,
                 enum guest_exception exception)
{
    bool stuck = guest_is_stuck(); /* it was injected before, and would be for ever */

    guest_log(stuck ? LOG_VM_STUCK : event, argument, cause);
    switch (this_cpu.vm->fault_action) {
    case PLAN_FAULT_RESTART:
        vm_finish(VM_STATUS_RESTARTING, VM_REASON_FAULT);
        break;
    case PLAN_FAULT_STOP:
        vm_finish(VM_STATUS_STOPPING, VM_REASON_FAULT);
        break;
    default:
        if (stuck) {
            vm_finish(VM_STATUS_STOPPING, VM_REASON_FAULT);
        } else {
            guest_inject(exception);
        }
        break;
    }
}
