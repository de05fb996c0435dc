/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: registers of the CPU interface that are trapped. With virtual interrupts these are what
 * sends SGIs and what deactivates an interrupt that may be in no list register. With direct
 * interrupts that are checked, the guest has the hardware's interface, but for the registers that
 * ICH_HCR_EL2.TC and TALL0 trap: it sends SGIs only to its own vCPUs, deactivates only what its VM
 * owns, and has nothing of group 0: no interrupt of a guest is there, and it may be the secure
 * firmware's, to which its registers then trap. What it does with its own interface passes through.
 */
#include "cpu.h"
#include "gic.h"
#include "gicv3.h"
#include "gic_local.h"
#include "lists.h"
#include "trapped.h"
#include "virtual_interface.h"
#include "vm.h"

/* What reading ICC_IAR0_EL1 or ICC_HPPIR0_EL1 finds: no interrupt. */
#define INTID_NONE 1023U

void gic_traps_init(void)
{
    gic_cpu.sgi_code = this_cpu.virtual_interrupts ? ICC_SGI1R : UINT64_MAX;
    if (!this_cpu.virtual_interrupts && vcpus[0].vm->delivery == PLAN_DELIVERY_CHECKED) {
        /* traps without the virtual interface, too */
        write_icc(ICH_HCR_EL2, ICH_HCR_TC | ICH_HCR_TALL0);
        vcpus[0].state->ipi_value = plan.cpus[this_cpu.index].sgi0;
    }
}

/** The guest deactivates interrupt @intid. */
static void deactivate(uint64_t intid)
{
    intid &= 0xffffff;
    if (intid < plan.gic.intid_count && plan_vm_owns(this_cpu.vm, (intid_t){(uint32_t)intid})) {
        gic_deactivate(intid);
    }
}

/** Registers of group 0 that read as 0, and ignore what is written. */
static bool is_nothing(uint64_t code)
{
    switch (code) {
    case ICC_BPR0:
    case ICC_AP0R0:
    case ICC_AP0R1:
    case ICC_AP0R2:
    case ICC_AP0R3:
    case ICC_IGRPEN0:
        return true;
    default:
        return false;
    }
}

static bool checked_read(uint64_t code, uint64_t *value)
{
    switch (code) {
    case ICC_PMR:
        *value = read_icc(ICC_PMR_EL1);
        return true;
    case ICC_CTLR:
        *value = read_icc(ICC_CTLR_EL1);
        return true;
    case ICC_RPR:
        *value = read_icc(ICC_RPR_EL1);
        return true;
    case ICC_IAR0:
    case ICC_HPPIR0:
        *value = INTID_NONE;
        return true;
    default:
        *value = 0;
        return is_nothing(code);
    }
}

static bool checked_write(uint64_t code, uint64_t value)
{
    switch (code) {
    case ICC_PMR:
        write_icc(ICC_PMR_EL1, value);
        return true;
    case ICC_CTLR:
        write_icc(ICC_CTLR_EL1, value);
        return true;
    case ICC_SGI1R:
        gic_checked_send_sgi(value);
        return true;
    case ICC_DIR:
        deactivate(value);
        return true;
    case ICC_SGI0R: /* of other groups: no interrupt of a guest is there */
    case ICC_ASGI1R:
    case ICC_EOIR0:
        return true;
    default:
        return is_nothing(code);
    }
}

bool gic_register_read(uint64_t code, uint64_t *value)
{
    return !this_cpu.virtual_interrupts && checked_read(code, value);
}

bool gic_register_write(uint64_t code, uint64_t value)
{
    if (!this_cpu.virtual_interrupts) {
        return checked_write(code, value);
    }
    switch (code) {
    case ICC_SGI1R:
        gic_send_sgi(value);
        return true;
    case ICC_DIR:
        gic_guest_deactivate(value & 0xffffff);
        return true;
    default:
        return false;
    }
}
