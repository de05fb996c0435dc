/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses that stage 2 doesn't grant: to the emulated interrupt controller, or the guest's
 * mistake.
 */
#include "aarch32.h"
#include "abort_iss.h"
#include "command.h"
#include "cpu.h"
#include "exits.h"
#include "gic.h"
#include "guest_state.h"
#include "log.h"
#include "sysreg.h"
#include "vcpu.h"
#include "vm.h"

#define PAR_FAILED      1U
#define PAGE_OF_ADDRESS 0xffffffffff000ULL
#define NOWHERE         UINT64_MAX

/** The intermediate physical address that faulted, but for permission faults. */
static uint64_t fault_address(void)
{
    return (read_sysreg(hpfar_el2) << 8 & PAGE_OF_ADDRESS) |
           (read_sysreg(far_el2) & (PLAN_PAGE_SIZE - 1));
}

/** The same for a permission fault, for which HPFAR_EL2 need not be valid; NOWHERE if the guest
 * has changed its tables since. */
static uint64_t permission_address(void)
{
    uint64_t far = read_sysreg(far_el2);
    uint64_t par = read_sysreg(par_el1);

    /* The registers of both stages are the loaded vCPU's, so what is left in the TLB is what it
     * would find itself. */
    at_s1e1r(far);
    uint64_t page = read_sysreg(par_el1);
    write_sysreg(par_el1, par);
    return (page & PAR_FAILED) != 0 ? NOWHERE
                                    : (page & PAGE_OF_ADDRESS) | (far & (PLAN_PAGE_SIZE - 1));
}

/** Whether the guest's data accesses are big-endian now (Arm DDI 0487, B2.6.2): then memory holds
 * the bytes of its registers the other way round. */
static bool guest_is_big_endian(void)
{
    uint64_t spsr = read_sysreg(spsr_el2);

    if ((spsr & SPSR_AARCH32) != 0) {
        return (spsr & SPSR_AARCH32_E) != 0;
    }
    return (read_sysreg(sctlr_el1) &
            ((spsr & SPSR_MODE_MASK) == SPSR_EL0T ? SCTLR_EL1_E0E : SCTLR_EL1_EE)) != 0;
}

/** The lowest @size bytes of @value as the guest's endianness has them, from register to device
 * or back. */
static uint64_t guest_order(uint64_t value, unsigned size)
{
    return guest_is_big_endian() ? __builtin_bswap64(value) >> (64 - 8 * size) : value;
}

/** What a load of @esr leaves in its register when @value was read. */
static uint64_t load_result(uint64_t esr, uint64_t value)
{
    unsigned bits = 8 * ISS_SIZE(esr);

    value &= UINT64_MAX >> (64 - bits);
    if ((esr & ISS_SIGNED) != 0 && bits < 64) {
        value = (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
        if ((esr & ISS_64BIT) == 0) {
            value &= UINT32_MAX;
        }
    }
    return value;
}

/** Whether accesses to @address are done here, if their syndrome says what they are. */
static bool is_emulated(uint64_t address)
{
    const struct plan_vm *vm = this_cpu.vm;

    return gic_has(vm, address) ||
           address - vm->doorbell_ipa < (uint64_t)vm->doorbells.count * PLAN_PAGE_SIZE ||
           (vm->command_ipa != 0 && address - vm->command_ipa < PLAN_PAGE_SIZE);
}

/** Whether @address belongs to the VM's interrupt controller and the access was done. */
static bool emulate(uint64_t address, uint64_t esr)
{
    struct gic_access access;

    /* Only a translation fault: the GIC is in no stage 2. */
    if ((esr & (ISS_ISV | ISS_S1PTW | ISS_FSC_KIND)) != (ISS_ISV | ISS_FSC_TRANSLATION)) {
        return false;
    }
    access.size = ISS_SIZE(esr);
    access.write = (esr & ISS_WRITE) != 0;
    access.value = 0;
    if (access.write) {
        uint64_t mask = UINT64_MAX >> (64 - 8 * access.size);
        access.value = guest_order(vcpu_register(ISS_REG(esr)) & mask, access.size);
    }
    bool done = gic_access(address, &access);
    if (done && !access.write) {
        vcpu_set_register(ISS_REG(esr), load_result(esr, guest_order(access.value, access.size)));
    }
    return done;
}

/** Whether @address is a manager's command page, and what was stored there was a command. */
static bool command(uint64_t address, uint64_t esr)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t offset = address - vm->command_ipa;

    if (vm->command_ipa == 0 || (esr & (ISS_ISV | ISS_WRITE)) != (ISS_ISV | ISS_WRITE) ||
        offset % ISS_SIZE(esr) != 0) {
        return false;
    }
    return command_store(offset, ISS_SIZE(esr),
                         (uint32_t)guest_order(vcpu_register(ISS_REG(esr)) & UINT32_MAX, 4));
}

void data_fault_exit(uint64_t esr)
{
    if (emulate(fault_address(), esr)) {
        aarch32_skip_instruction();
        return;
    }
    stage2_fault_exit(esr);
}

void stage2_fault_exit(uint64_t esr)
{
    bool fetch = ESR_EC(esr) == ESR_EC_FETCH_LOW;
    bool permission = (esr & (ISS_S1PTW | ISS_FSC_KIND)) == ISS_FSC_PERMISSION;
    uint64_t address = permission ? permission_address() : fault_address();

    if (vm_check_revoked() || address == NOWHERE) {
        return; /* NOWHERE: it tries again */
    }
    if (permission && command(address, esr)) {
        aarch32_skip_instruction();
        return;
    }
    guest_fault(fetch                                                        ? LOG_VM_REFUSED_FETCH
                : (esr & (ISS_ISV | ISS_S1PTW)) == 0 && is_emulated(address) ? LOG_VM_REFUSED_FORM
                : (esr & ISS_WRITE) != 0                                     ? LOG_VM_REFUSED_WRITE
                                                                             : LOG_VM_REFUSED_READ,
                address, esr, GUEST_ABORT);
}
