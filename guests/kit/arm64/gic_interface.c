/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface of a GICv3 by system registers (Arm IHI 0069H, 12.2), and who handles what.
 */
#include "kit/gic.h"

#include <stddef.h>

#include "../gic_registers.h"
#include "kit/sysreg.h"

#define SRE_ENABLE           1U
#define PRIORITY_MASK_NONE   0xffU
#define SGI_TARGETS_PER_LIST 16U

static struct {
    gic_handler *handle;
    void *context;
} handlers[GIC_MAX_INTIDS];

void gic_interface_start(void)
{
    SYSREG_WRITE(icc_sre_el1, SRE_ENABLE);
    __asm__ volatile("isb" : : : "memory");
    SYSREG_WRITE(icc_pmr_el1, PRIORITY_MASK_NONE);
    SYSREG_WRITE(icc_bpr1_el1, 0);
    SYSREG_WRITE(icc_ctlr_el1, 0); /* EOIR ends an interrupt altogether */
    SYSREG_WRITE(icc_igrpen1_el1, 1);
    __asm__ volatile("isb" : : : "memory");
}

void gic_set_handler(uint32_t intid, gic_handler *handler, void *context)
{
    handlers[intid].context = context;
    handlers[intid].handle = handler;
}

void gic_handle_interrupt(void)
{
    uint32_t intid = (uint32_t)SYSREG_READ(icc_iar1_el1);

    if (intid >= GIC_MAX_INTIDS)
        return; /* spurious: withdrawn before it was acknowledged */
    if (handlers[intid].handle != NULL)
        handlers[intid].handle(intid, handlers[intid].context);
    else if (intid >= GIC_FIRST_PPI)
        gic_disable(intid); /* nobody would quiet it; an SGI is over once it is acknowledged */
    SYSREG_WRITE(icc_eoir1_el1, intid);
}

/* ICC_SGI1R_EL1: affinity 3, range selector, 2, 1, and a list of 16 CPUs within them (12.2.13). */
void gic_send_sgi(uint32_t sgi, uint64_t mpidr)
{
    uint64_t aff0 = mpidr & 0xff;
    uint64_t value = (mpidr >> 32 & 0xff) << 48 | (aff0 / SGI_TARGETS_PER_LIST) << 44 | (mpidr >> 16 & 0xff) << 32 |
                     (uint64_t)sgi << 24 | (mpidr >> 8 & 0xff) << 16 | UINT64_C(1) << aff0 % SGI_TARGETS_PER_LIST;

    __asm__ volatile("dsb ishst" : : : "memory"); /* the receiver sees what was written before */
    SYSREG_WRITE(icc_sgi1r_el1, value);
    __asm__ volatile("isb" : : : "memory");
}
