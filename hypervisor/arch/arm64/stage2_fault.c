/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses that stage 2 doesn't grant: to the emulated interrupt controller, or the guest's mistake.
 */
#include "command.h"
#include "cpu.h"
#include "data_abort_iss.h"
#include "exits.h"
#include "gic.h"
#include "log.h"
#include "sysreg.h"
#include "vcpu.h"
#include "vm.h"

#define PAR_FAILED      1U
#define PAGE_OF_ADDRESS 0xffffffffff000ULL
#define NOWHERE         UINT64_MAX

static void inject_data_abort(void)
{
    vcpu_inject_abort(false);
}

static void inject_fetch_abort(void)
{
    vcpu_inject_abort(true);
}

/** The intermediate physical address that faulted; NOWHERE if the guest's tables have changed since. */
static uint64_t fault_address(uint64_t esr)
{
    uint64_t far = read_sysreg(far_el2);
    uint64_t page = read_sysreg(hpfar_el2) << 8;

    if ((esr & (ISS_S1PTW | ISS_FSC_KIND)) == ISS_FSC_PERMISSION) { /* then HPFAR_EL2 need not be valid */
        uint64_t par = read_sysreg(par_el1);
        __asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(far) : "memory");
        page = read_sysreg(par_el1);
        write_sysreg(par_el1, par);
        if ((page & PAR_FAILED) != 0) {
            return NOWHERE;
        }
    }
    return (page & PAGE_OF_ADDRESS) | (far & (PLAN_PAGE_SIZE - 1));
}

/** Whether the guest's data accesses are big-endian now (Arm DDI 0487, B2.6.2): then memory holds the bytes of its
 * registers the other way round. */
static bool guest_is_big_endian(void)
{
    uint64_t spsr = read_sysreg(spsr_el2);

    if ((spsr & SPSR_AARCH32) != 0) {
        return (spsr & SPSR_AARCH32_E) != 0;
    }
    return (read_sysreg(sctlr_el1) & ((spsr & SPSR_MODE_MASK) == SPSR_EL0T ? SCTLR_EL1_E0E : SCTLR_EL1_EE)) != 0;
}

/** The lowest @size bytes of @value as the guest's endianness has them, from register to device or back. */
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

/** Whether @address belongs to the VM's interrupt controller or is a manager's command, and the access was done. */
static bool emulate(uint64_t address, uint64_t esr)
{
    const struct plan_vm *vm = this_cpu.vm;
    struct gic_access access = {.size = ISS_SIZE(esr), .write = (esr & ISS_WRITE) != 0};
    bool done = false;

    if ((esr & (ISS_ISV | ISS_S1PTW)) != ISS_ISV || address % access.size != 0) {
        return false;
    }
    if (access.write) {
        uint64_t mask = UINT64_MAX >> (64 - 8 * access.size);
        access.value = guest_order(vcpu_register(ISS_REG(esr)) & mask, access.size);
    }
    if (address - vm->gicd_ipa < GIC_DISTRIBUTOR_SIZE) {
        access.offset = address - vm->gicd_ipa;
        done = gic_distributor_access(&access);
    } else if (address - vm->gicr_ipa < (uint64_t)vm->vcpu_count * GIC_REDISTRIBUTOR_SIZE) {
        access.offset = address - vm->gicr_ipa;
        done = gic_redistributor_access(&access);
    } else if (vm->command_ipa != 0 && access.write) {
        done = command_store(address - vm->command_ipa, access.size, (uint32_t)access.value);
    }
    if (done && !access.write) {
        vcpu_set_register(ISS_REG(esr), load_result(esr, guest_order(access.value, access.size)));
    }
    return done;
}

void stage2_fault_exit(uint64_t esr)
{
    bool fetch = ESR_EC(esr) == ESR_EC_FETCH_LOW;
    uint64_t address = fault_address(esr);

    if (address == NOWHERE) {
        return; /* it tries again */
    }
    if (!fetch && emulate(address, esr)) {
        vcpu_skip_instruction();
        return;
    }
    if (vm_check_revoked()) {
        return;
    }
    if (fetch) {
        log_write(LOG_VM_REFUSED_FETCH, this_cpu.vcpu->plan, address, read_sysreg(elr_el2), esr, 0);
        guest_fault(inject_fetch_abort);
        return;
    }
    log_write((esr & ISS_WRITE) != 0 ? LOG_VM_REFUSED_WRITE : LOG_VM_REFUSED_READ, this_cpu.vcpu->plan, address,
              read_sysreg(elr_el2), esr, 0);
    guest_fault(inject_data_abort);
}
