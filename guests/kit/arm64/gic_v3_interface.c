/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface of a GICv3 by system registers (Arm IHI 0069H, 12.2).
 */
#include "../gic_v3.h"

#include "../gic_driver.h"
#include "kit/sysreg.h"

#define SRE_ENABLE           1U
#define PRIORITY_MASK_NONE   0xffU
#define CTLR_EOIMODE         (1U << 1)
#define SGI_TARGETS_PER_LIST 16U

static void synchronise(void)
{
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

void gic_v3_interface_start(void)
{
    SYSREG_WRITE(icc_sre_el1, SRE_ENABLE);
    __asm__ volatile("isb" : : : "memory");
    SYSREG_WRITE(icc_pmr_el1, PRIORITY_MASK_NONE);
    SYSREG_WRITE(icc_bpr1_el1, 0);
    SYSREG_WRITE(icc_ctlr_el1, 0); /* EOIR ends an interrupt altogether */
    SYSREG_WRITE(icc_igrpen1_el1, 1);
    __asm__ volatile("isb" : : : "memory");
}

void gic_v3_handle_interrupt(void)
{
    uint64_t acknowledged = SYSREG_READ(icc_iar1_el1);

    if (gic_call_handler((uint32_t)acknowledged)) {
        SYSREG_WRITE(icc_eoir1_el1, acknowledged);
    }
}

/* ICC_SGI1R_EL1: affinity 3, range selector, 2, 1, and a list of 16 CPUs within them (12.2.13). */
void gic_v3_send_sgi(uint32_t sgi, uint64_t mpidr)
{
    uint64_t aff0 = mpidr & 0xff;
    uint64_t value = (mpidr >> 32 & 0xff) << 48 | (aff0 / SGI_TARGETS_PER_LIST) << 44 |
                     (mpidr >> 16 & 0xff) << 32 | (uint64_t)sgi << 24 | (mpidr >> 8 & 0xff) << 16 |
                     UINT64_C(1) << aff0 % SGI_TARGETS_PER_LIST;

    __asm__ volatile("dsb ishst" : : : "memory"); /* the receiver sees what was written before */
    SYSREG_WRITE(icc_sgi1r_el1, value);
    __asm__ volatile("isb" : : : "memory");
}

static uint64_t read(enum gic_register name)
{
    switch (name) {
    case GIC_PMR:
        return SYSREG_READ(icc_pmr_el1);
    case GIC_BPR:
        return SYSREG_READ(icc_bpr1_el1);
    case GIC_IAR:
        return SYSREG_READ(icc_iar1_el1);
    case GIC_RPR:
        return SYSREG_READ(icc_rpr_el1);
    case GIC_HPPIR:
        return SYSREG_READ(icc_hppir1_el1);
    default: /* write only */
        return 0;
    }
}

uint32_t gic_v3_interface_read(enum gic_register name)
{
    uint64_t value;

    synchronise();
    value = read(name);
    synchronise();
    return (uint32_t)value;
}

void gic_v3_interface_write(enum gic_register name, uint32_t value)
{
    synchronise();
    switch (name) {
    case GIC_PMR:
        SYSREG_WRITE(icc_pmr_el1, value);
        break;
    case GIC_BPR:
        SYSREG_WRITE(icc_bpr1_el1, value);
        break;
    case GIC_EOIR:
        SYSREG_WRITE(icc_eoir1_el1, value);
        break;
    case GIC_DIR:
        SYSREG_WRITE(icc_dir_el1, value);
        break;
    default: /* read only */
        break;
    }
    synchronise();
}

void gic_v3_interface_control(bool open, bool split)
{
    SYSREG_WRITE(icc_ctlr_el1, split ? CTLR_EOIMODE : 0);
    SYSREG_WRITE(icc_igrpen1_el1, open);
    synchronise();
}

void gic_v3_interface_forget(void)
{
    SYSREG_WRITE(icc_ap1r0_el1, 0);
    synchronise();
}
