/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributor: its first state, SPIs that are made pending, and those of a VM that ends.
 */
#include "cpu.h"
#include "gic.h"
#include "gic_local.h"
#include "interface.h"
#include "log.h"
#include "mmio.h"

/** Those of SPIs 32 @n to 32 @n + 31 that @bits tells are as at boot. */
static void spis_restart(uint32_t n, uint32_t bits)
{
    mmio_write32(EL2_GICD + GICD_ICENABLER + 4 * n, bits);
    mmio_write32(EL2_GICD + GICD_ICPENDR + 4 * n, bits);
    mmio_write32(EL2_GICD + GICD_ICACTIVER + 4 * n, bits);
    for (; bits != 0; bits &= bits - 1) { /* bound: SPIS_OF_WORD */
        uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
        mmio_write8(EL2_GICD + GICD_IPRIORITYR + intid, GIC_PRIORITY_FIRST);
        spi_set_route(intid, spi_route_to(plan.gic.spi_cpu[intid]));
    }
}

bool interrupts_init(void)
{
    uint32_t intids = GICD_TYPER_INTIDS(mmio_read32(EL2_GICD + GICD_TYPER));

    if (intids < plan.gic.intid_count) {
        log_write(LOG_GIC_SMALLER, NULL, intids - 1, 0, 0, 0);
        return false;
    }
    mmio_write32(EL2_GICD + GICD_CTLR, 0);
    gic_wait_distributor();
    mmio_write32(EL2_GICD + GICD_CTLR, GICD_CTLR_QUIET);
    gic_wait_distributor();
    gic_priorities_init();
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) {
        spis_restart(n, UINT32_MAX);
        gic_wait_distributor(); /* disabled: only then may the trigger change */
        gic_set_group(EL2_GICD, n);
        mmio_write32(EL2_GICD + GICD_ICFGR + 8 * n, plan.gic.icfgr[2 * n]);
        mmio_write32(EL2_GICD + GICD_ICFGR + 8 * n + 4, plan.gic.icfgr[2 * n + 1]);
    }
    mmio_write32(EL2_GICD + GICD_CTLR, GICD_CTLR_RUNNING);
    gic_wait_distributor();
    return true;
}

void interrupts_raise(intid_t intid)
{
    dsb_ishst();
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid.id / 32 * 4, 1U << intid.id % 32);
}

void interrupts_vm_disable(const struct plan_vm *vm)
{
    /* bound: INTID_WORDS - 1 */
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) {
        if (vm->intids[n] != 0) {
            mmio_write32(EL2_GICD + GICD_ICENABLER + 4 * n, vm->intids[n]);
            spis_reset(vm, n);
        }
    }
    gic_wait_distributor();
}

bool interrupts_vm_reset(const struct plan_vm *vm, uint32_t *word)
{
    uint32_t words = plan.gic.intid_count / 32;
    uint32_t n = *word == 0 ? PLAN_FIRST_SPI / 32 : *word;

    if (n < words) {
        spis_restart(n, vm->intids[n]);
        n++;
    }
    while (n < words && vm->intids[n] == 0) { /* bound: INTID_WORDS - 1 */
        n++;
    }
    *word = n;
    return n < words;
}
