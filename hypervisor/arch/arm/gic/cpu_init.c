/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller of one CPU at its start: its private interrupts and interfaces.
 */
#include "cpu.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "log.h"
#include "mmio.h"
#include "vm.h"

void gic_private_reset(uint64_t frame)
{
    mmio_write32(frame + GICD_ICENABLER, UINT32_MAX);
    gic_private_clear(frame);
    mmio_write32(frame + GICD_ICACTIVER, UINT32_MAX);
    gic_set_group(frame, 0);
    for (uint32_t n = 0; n < 8; n++) { /* bound: 8 */
        mmio_write32(frame + GICD_IPRIORITYR + 4 * n, 0);
    }
    gic_wait_private(frame);
}

/** EL2 takes this CPU's interrupts: its interface is open, and what private interrupts are EL2's
 * are enabled. */
static void gic_virtual_init(uint64_t frame)
{
    vif_shape(&gic_cpu.list_count, &gic_cpu.active_words);
    gic_cpu.lists_empty = (1ULL << gic_cpu.list_count) - 1;
    gic_cpu.private_frame = frame;
    gic_cpu.guest_ppis = ~SGIS & ~(1U << plan.gic.maintenance | 1U << plan.gic.hypervisor_timer);
    gic_private_reset(frame);
    for (uint32_t intid = GIC_FIRST_PPI; intid < PLAN_FIRST_SPI; intid++) {
        if ((gic_cpu.guest_ppis >> intid & 1) != 0) { /* guests' are less urgent than EL2's own */
            mmio_write8(frame + GICD_IPRIORITYR + intid, (uint8_t)GIC_PRIORITY_FIRST);
        }
    }
    mmio_write32(frame + GICD_ISENABLER, 1U << GIC_KICK_SGI | 1U << GIC_VIRTUAL_SGI |
                                             1U << plan.gic.hypervisor_timer |
                                             1U << plan.gic.maintenance);
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        /* Where several vCPUs share a CPU, it has to look at all of them. */
        vcpus[i].state->ipi_value = gic_sgi_value(plan.cpus[this_cpu.index].sgi0,
                                                  this_cpu.shared ? GIC_KICK_SGI : GIC_VIRTUAL_SGI);
    }
    gic_interface_reset();
    gic_interface_split_ends();
    gic_interface_open(GIC_MASK_LOWEST);
}

bool interrupts_cpu_init(void)
{
    if (!gic_interface_identify()) {
        return false;
    }
    gic_interface_init();
    gic_traps_init();
    if (this_cpu.virtual_interrupts) {
        gic_virtual_init(gic_private_bank(this_cpu.index));
    }
    return true;
}
