/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen, on one screen; and those exits that need but a few lines.
 */
#include "exits.h"

#include "cpu.h"
#include "gic.h"
#include "hypercall.h"
#include "log.h"
#include "observe_offsets.h"
#include "psci.h"
#include "sched.h"
#include "sysreg.h"
#include "vcpu.h"
#include "vm.h"

exit_handler *const exit_handlers[ESR_EC_COUNT] = {
    [0 ... ESR_EC_COUNT - 1] = guest_fault_exit, /* what is not named below */
    [ESR_EC_WFX] = wait_exit,
    [ESR_EC_HVC64] = hypercall_exit,
    [ESR_EC_SMC64] = psci_exit,
    [ESR_EC_SYSTEM] = sysreg_exit,
    [ESR_EC_FETCH_LOW] = stage2_fault_exit,
    [ESR_EC_DATA_LOW] = data_fault_exit,
};

void hypercall_exit(uint64_t esr)
{
    (void)esr;
    exit_frame.x[0] = hypercall_waiting(exit_frame.x[0], exit_frame.x[1], exit_frame.x[2], exit_frame.x[3]);
}

void wait_exit(uint64_t esr)
{
    write_sysreg(elr_el2, read_sysreg(elr_el2) + ((esr & ESR_IL) != 0 ? 4 : 2)); /* at EL0 it may be a Thumb one */
    if (!gic_vcpu_pending(this_cpu.vcpu)) {
        this_cpu.vcpu->wake_ns = vcpu_timers_ns(this_cpu.vcpu);
        sched_block(this_cpu.vcpu, WAIT_INTERRUPT);
    }
}

void psci_exit(uint64_t esr)
{
    (void)esr;
    exit_frame.x[0] = psci_call(exit_frame.x[0], exit_frame.x[1], exit_frame.x[2], exit_frame.x[3]);
    vcpu_skip_instruction(); /* a trapped SMC returns to itself (Arm DDI 0487, HCR_EL2.TSC) */
}

void guest_fault(void (*inject)(void))
{
    switch (this_cpu.vm->fault_action) {
    case PLAN_FAULT_RESTART:
        vm_finish(VM_RESTARTS, VM_REASON_FAULT);
        break;
    case PLAN_FAULT_STOP:
        vm_finish(VM_ENDS, VM_REASON_FAULT);
        break;
    default:
        inject();
        break;
    }
}

void guest_fault_exit(uint64_t esr)
{
    log_write(LOG_VM_REFUSED_OTHER, this_cpu.vcpu->plan, ESR_EC(esr), read_sysreg(elr_el2), esr, 0);
    guest_fault(vcpu_inject_undefined);
}

void serror_exit(uint64_t esr)
{
    log_write(LOG_VM_SERROR, this_cpu.vcpu->plan, esr, read_sysreg(elr_el2), 0, 0);
    write_sysreg(hcr_el2, read_sysreg(hcr_el2) | HCR_EL2_VSE);
}

_Noreturn void hypervisor_fault(uint64_t esr, uint64_t elr, uint64_t far)
{
    log_write(LOG_HYPERVISOR_FAULT, NULL, this_cpu.index, esr, elr, far);
    cpu_stop();
}
