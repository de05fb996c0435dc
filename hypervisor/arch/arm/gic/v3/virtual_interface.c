/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of active priorities beyond the first, where the virtual interface has them.
 */
#include "cpu.h"
#include "interface.h"

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
