/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen, on one screen; and those exits that need but a few lines.
 */
#include "exits.h"

#include "aarch32.h"
#include "cpu.h"
#include "firmware_pass.h"
#include "guest_power.h"
#include "hypercall.h"
#include "sysreg.h"
#include "vcpu.h"
#include "vm.h"

exit_handler *const exit_handlers[ESR_EC_COUNT] = {
    [0 ... ESR_EC_COUNT - 1] = guest_fault_exit, /* what is not named below */
    [ESR_EC_WFX] = wait_exit,
    [ESR_EC_CP15] = coprocessor_exit,
    [ESR_EC_CP15_64] = coprocessor_exit,
    [ESR_EC_CP14] = coprocessor_exit,
    [ESR_EC_CP14_LDC] = coprocessor_exit,
    [ESR_EC_VECTOR] = coprocessor_exit,
    [ESR_EC_VMRS] = coprocessor_exit,
    [ESR_EC_CP14_64] = coprocessor_exit,
    [ESR_EC_HVC64] = hypercall_exit,
    [ESR_EC_SMC64] = psci_exit,
    [ESR_EC_SYSTEM] = sysreg_exit,
    [ESR_EC_FETCH_LOW] = stage2_fault_exit,
    [ESR_EC_DATA_LOW] = data_fault_exit,
};

void hypercall_exit(uint64_t esr)
{
    uint64_t *x = guest_registers();

    (void)esr;
    x[0] = hypercall_slow(x[0], x[1], x[2], x[3]);
}

void wait_exit(uint64_t esr)
{
    bool waits = aarch32_condition_holds(esr);

    aarch32_skip_instruction();
    if (waits) {
        vcpu_wait_for_interrupt();
    }
}

void psci_exit(uint64_t esr)
{
    uint64_t *x = guest_registers();

    (void)esr;
    if (!firmware_pass(x)) {
        x[0] = power_call(x[0], x[1], x[2], x[3]);
    }
    vcpu_skip_instruction(); /* a trapped SMC returns to itself (Arm DDI 0487, HCR_EL2.TSC) */
}

void guest_fault_instruction(enum log_event event, uint64_t argument, uint64_t esr)
{
    if ((read_sysreg(spsr_el2) & SPSR_MODE_MASK) == SPSR_EL0T) { /* AArch32's User mode, too */
        guest_log(event, argument, esr);
        guest_inject(GUEST_UNDEFINED);
    } else {
        guest_fault(event, argument, esr, GUEST_UNDEFINED);
    }
}

void guest_fault_exit(uint64_t esr)
{
    guest_fault_instruction(LOG_VM_REFUSED_OTHER, ESR_EC(esr), esr);
}

void serror_exit(uint64_t esr)
{
    guest_log(LOG_VM_SERROR, esr, esr);
    write_sysreg(hcr_el2, read_sysreg(hcr_el2) | HCR_EL2_VSE);
}
