/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data aborts: whatever the syndrome and the addresses are, what is emulated is the interrupt
 * controller or the command page, and only the register that the instruction names changes.
 */
#include "arch/arm64/stage2_fault.c"
#include "command.c"

#include "system.c"

struct vm_status_page vm_status_pages[PLAN_MAX_VMS];

static bool emulated;
static uint32_t commands;
static uint32_t faults;

bool gic_has(const struct plan_vm *vm, uint64_t address)
{
    (void)address;
    prove(vm == this_cpu.vm, "of the loaded vCPU's VM");
    return nondet_bool();
}

/* table_proof.c goes on from here. */
bool gic_access(uint64_t address, struct gic_access *access)
{
    (void)address;
    prove(access->size == 1 || access->size == 2 || access->size == 4 || access->size == 8,
          "a size that there is");
    prove(!access->write || access->size == 8 || access->value >> 8 * access->size == 0,
          "no more than was stored");
    access->value = nondet_u64();
    emulated = nondet_bool();
    return emulated;
}

void aarch32_skip_instruction(void)
{
    system_registers.elr_el2 += 4; /* or 2 */
}

uint64_t late_asked(const struct plan_vm *vm)
{
    prove(vm == &system_vms[0] || vm == &system_vms[1], "of a VM that there is");
    return nondet_u64();
}

void late_tell(const struct plan_vm *vm, uint64_t asked)
{
    (void)asked;
    prove(vm == &system_vms[0] || vm == &system_vms[1], "of a VM that there is");
}

uint64_t cpu_counter(void)
{
    return nondet_u64();
}

uint64_t cpu_counter_frequency(void)
{
    return nondet_u64();
}

bool vm_check_revoked(void)
{
    return nondet_bool();
}

bool vm_request(const struct plan_vm *vm, enum vm_status_state phase, enum vm_status_reason reason)
{
    prove(vm == &system_vms[0] || vm == &system_vms[1], "a command is for a VM that there is");
    prove((phase == VM_STATUS_STOPPING || phase == VM_STATUS_RESTARTING ||
           phase == VM_STATUS_RESTORING) &&
              reason == VM_REASON_MANAGER,
          "and for one of the phases");
    commands++;
    return nondet_bool();
}

void vm_attend(void)
{
}

void log_write(enum log_event event, const struct plan_vcpu *vcpu, uint64_t a, uint64_t b,
               uint64_t c, uint64_t d)
{
    (void)event, (void)a, (void)b, (void)c, (void)d;
    prove(vcpu >= system_vcpus && vcpu < system_vcpus + VCPUS, "a line is of a vCPU that there is");
}

void guest_fault(enum log_event event, uint64_t argument, uint64_t esr,
                 enum guest_exception exception)
{
    (void)event, (void)argument, (void)esr;
    prove(exception == GUEST_ABORT, "an abort");
    faults++;
}

int main(void)
{
    uint64_t esr = nondet_u64();
    struct exit_frame before;

    assume(ESR_EC(esr) == ESR_EC_DATA_LOW && esr >> 32 == 0);
    system_any();
    before = loaded.frame;
    uint64_t elr = system_registers.elr_el2;
    bool manager = this_cpu.vm->command_ipa != 0;
    data_fault_exit(esr);
    uint32_t i = nondet_u32();
    assume(i < 31);
    bool loads = emulated && (esr & ISS_WRITE) == 0 && ISS_REG(esr) == i;
    prove(loads || loaded.frame.x[i] == before.x[i],
          "only the register that the instruction names changes");
    prove(!loads || (esr & ISS_64BIT) != 0 || ISS_SIZE(esr) == 8 || loaded.frame.x[i] >> 32 == 0,
          "by no more than its width");
    prove(manager || commands == 0, "only a manager commands");
    prove(system_registers.elr_el2 == elr || (system_registers.elr_el2 == elr + 4 && faults == 0),
          "it goes on, or has a fault");
    return 0;
}
