/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface: whose it is, and as after a reset; private interrupts that are cleared
 * (interface.h).
 */
#include "cpu.h"
#include "interface.h"
#include "log.h"

bool gic_interface_identify(void)
{
    uint32_t own = mmio_read8(EL2_GICD + GICD_ITARGETSR);
    /* then that register reads as zero */
    bool alone = (mmio_read32(EL2_GICD + GICD_TYPER) & GICD_TYPER_CPUS) == 0;

    if (own != gic_interface_bit(this_cpu.index) && !(alone && own == 0)) {
        log_write(LOG_GIC_OTHER, NULL, this_cpu.index, own, 0, 0);
        return false;
    }
    return true;
}

void gic_interface_reset(void)
{
    mmio_write32(EL2_GICC + GICC_CTLR, 0);
    mmio_write32(EL2_GICC + GICC_PMR, 0);
    mmio_write32(EL2_GICC + GICC_BPR, 0);
    mmio_write32(EL2_GICC + GICC_ABPR, 0);
    for (uint32_t i = 0; i < GICC_APRS; i++) {
        mmio_write32(EL2_GICC + GICC_APR + 4 * i, 0);
        mmio_write32(EL2_GICC + GICC_NSAPR + 4 * i, 0);
    }
}

/** No SGI is pending, whoever sent it. */
static void sgis_clear(uint64_t bank)
{
    for (uint32_t i = 0; i < SGI_COUNT / 4; i++) {
        mmio_write32(bank + GICD_CPENDSGIR + 4 * i, UINT32_MAX);
    }
}

void gic_private_clear(uint64_t bank)
{
    mmio_write32(bank + GICD_ICPENDR, UINT32_MAX);
    sgis_clear(bank);
}

void gic_kick_keep(uint64_t bank)
{
    mmio_write8(bank + GICD_IPRIORITYR + GIC_KICK_SGI, GIC_PRIORITY_KICK);
    mmio_write32(bank + GICD_ISENABLER, 1U << GIC_KICK_SGI);
}

void gic_kick_clear(uint64_t bank)
{
    sgis_clear(bank);
    /* Read back: the clearing must be done before we look at what the kick was for. */
    (void)mmio_read32(bank + GICD_CPENDSGIR);
}
