/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller of one CPU at its start: redistributor and interfaces.
 */
#include "cpu.h"
#include "gic.h"
#include "lists.h"
#include "gic_local.h"
#include "trapped.h"
#include "interface.h"
#include "log.h"
#include "mmio.h"
#include "vm.h"

void gic_private_reset(uint64_t frame)
{
    mmio_write32(frame + GICD_ICENABLER, UINT32_MAX);
    mmio_write32(frame + GICD_ICPENDR, UINT32_MAX);
    mmio_write32(frame + GICD_ICACTIVER, UINT32_MAX);
    mmio_write32(frame + GICD_IGROUPR, UINT32_MAX);
    mmio_write32(frame + GICD_IGRPMODR, 0);
    for (uint32_t n = 0; n < 8; n++) { /* bound: 8 */
        mmio_write32(frame + GICD_IPRIORITYR + 4 * n, 0);
    }
    gic_wait_private(frame);
}

static_assert(GIC_KICK_SGI == 0, "plan_cpu.sgi0");

/** EL2 takes this CPU's interrupts: its interface is open, and what private interrupts are EL2's are enabled. */
static void gic_virtual_init(uint64_t frame)
{
    uint64_t vtr = read_icc(ICH_VTR_EL2);

    gic_cpu.list_count = (uint32_t)ICH_VTR_LISTS(vtr);
    gic_cpu.lists_empty = (1ULL << gic_cpu.list_count) - 1;
    gic_cpu.active_words = gic_active_words(ICH_VTR_PREBITS(vtr));
    gic_cpu.private_frame = frame;
    gic_cpu.sgi_code = ICC_SGI1R;
    gic_cpu.guest_ppis = ~SGIS & ~(1U << plan.gic.maintenance | 1U << plan.gic.hypervisor_timer);
    gic_private_reset(frame);
    for (uint32_t intid = GIC_FIRST_PPI; intid < PLAN_FIRST_SPI; intid++) {
        if ((gic_cpu.guest_ppis >> intid & 1) != 0) { /* guests' are less urgent than EL2's own */
            mmio_write8(frame + GICD_IPRIORITYR + intid, (uint8_t)GIC_PRIORITY_FIRST);
        }
    }
    mmio_write32(frame + GICD_ISENABLER, 1U << GIC_KICK_SGI | 1U << GIC_VIRTUAL_SGI | 1U << plan.gic.hypervisor_timer |
                                             1U << plan.gic.maintenance);
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        /* Where several vCPUs share a CPU, it has to look at all of them. */
        vcpus[i].state->announce =
            plan.cpus[this_cpu.index].sgi0 + ICC_SGI1R_INTID(this_cpu.shared ? GIC_KICK_SGI : GIC_VIRTUAL_SGI);
    }
    gic_interface_reset();
    write_icc(ICC_CTLR_EL1, ICC_CTLR_EOIMODE);
    gic_interface_open(GIC_MASK_LOWEST);
}

/** The guest takes this CPU's interrupts. */
static void gic_direct_init(void)
{
    gic_cpu.sgi_code = UINT64_MAX;
    if (vcpus[0].vm->delivery == PLAN_DELIVERY_CHECKED) {
        write_icc(ICH_HCR_EL2, ICH_HCR_TC | ICH_HCR_TALL0); /* traps without the virtual interface, too */
        vcpus[0].state->announce = plan.cpus[this_cpu.index].sgi0;
    }
}

bool gic_cpu_init(void)
{
    uint64_t redistributor = gic_redistributor(this_cpu.index);
    uint64_t affinity = mmio_read64(redistributor + GICR_TYPER) >> GICR_TYPER_AFFINITY_SHIFT;

    if (affinity != GICR_AFFINITY(plan.cpus[this_cpu.index].mpidr)) {
        log_write(LOG_GIC_OTHER, NULL, this_cpu.index, affinity, 0, 0);
        return false;
    }
    mmio_write32(redistributor + GICR_WAKER, mmio_read32(redistributor + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    gic_wait_clear(redistributor + GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP);
    gic_interface_init();
    if (this_cpu.virtual_interrupts) {
        gic_virtual_init(redistributor + GICR_SGI_FRAME);
    } else {
        gic_direct_init();
    }
    return true;
}
