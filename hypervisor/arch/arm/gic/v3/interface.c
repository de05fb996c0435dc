/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface after a reset; words of active priorities beyond the first (interface.h).
 */
#include "cpu.h"
#include "interface.h"
#include "log.h"

bool gic_interface_identify(void)
{
    uint64_t redistributor = gic_redistributor(this_cpu.index);
    uint64_t affinity = mmio_read64(redistributor + GICR_TYPER) >> GICR_TYPER_AFFINITY_SHIFT;

    if (affinity != GICR_AFFINITY(plan.cpus[this_cpu.index].mpidr)) {
        log_write(LOG_GIC_OTHER, NULL, this_cpu.index, affinity, 0, 0);
        return false;
    }
    mmio_write32(redistributor + GICR_WAKER,
                 mmio_read32(redistributor + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    gic_wait_clear(redistributor + GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP);
    return true;
}

void gic_interface_reset(void)
{
    write_icc(ICC_IGRPEN1_EL1, 0);
    write_icc(ICC_PMR_EL1, 0);
    write_icc(ICC_CTLR_EL1, 0);
    write_icc(ICC_AP1R0_EL1, 0);
    if (gic_active_words(ICC_CTLR_PRIORITY_BITS(read_icc(ICC_CTLR_EL1))) > 1) {
        write_icc(ICC_AP1R1_EL1, 0);
    }
    if (gic_active_words(ICC_CTLR_PRIORITY_BITS(read_icc(ICC_CTLR_EL1))) > 2) {
        write_icc(ICC_AP1R2_EL1, 0);
        write_icc(ICC_AP1R3_EL1, 0);
    }
    write_icc(ICC_BPR1_EL1, 0);
    isb();
}

void vif_save_more(struct vif *vif, uint32_t words)
{
    vif->ap0r[1] = read_icc(ICH_AP0R1_EL2);
    vif->ap1r[1] = read_icc(ICH_AP1R1_EL2);
    if (words > 2) {
        vif->ap0r[2] = read_icc(ICH_AP0R2_EL2);
        vif->ap0r[3] = read_icc(ICH_AP0R3_EL2);
        vif->ap1r[2] = read_icc(ICH_AP1R2_EL2);
        vif->ap1r[3] = read_icc(ICH_AP1R3_EL2);
    }
}

void vif_load_more(const struct vif *vif, uint32_t words)
{
    write_icc(ICH_AP0R1_EL2, vif->ap0r[1]);
    write_icc(ICH_AP1R1_EL2, vif->ap1r[1]);
    if (words > 2) {
        write_icc(ICH_AP0R2_EL2, vif->ap0r[2]);
        write_icc(ICH_AP0R3_EL2, vif->ap0r[3]);
        write_icc(ICH_AP1R2_EL2, vif->ap1r[2]);
        write_icc(ICH_AP1R3_EL2, vif->ap1r[3]);
    }
}
