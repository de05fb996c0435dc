/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: first states of the distributor, the redistributors and the CPU interfaces; kicks.
 */
#include "cpu.h"
#include "gic.h"
#include "gicv3.h"
#include "gicv3_lists.h"
#include "gicv3_local.h"
#include "gicv3_trapped.h"
#include "gicv3_virtual_interface.h"
#include "log.h"
#include "mmio.h"
#include "vm.h"

void gic_wait_distributor(void)
{
    gic_wait_clear(EL2_GICD + GICD_CTLR, GICD_CTLR_RWP);
}

/** Those of SPIs 32 @n to 32 @n + 31 that @bits tells are as at boot. */
static void spis_restart(uint32_t n, uint32_t bits)
{
    mmio_write32(EL2_GICD + GICD_ICENABLER + 4 * n, bits);
    mmio_write32(EL2_GICD + GICD_ICPENDR + 4 * n, bits);
    mmio_write32(EL2_GICD + GICD_ICACTIVER + 4 * n, bits);
    for (; bits != 0; bits &= bits - 1) { /* bound: SPIS_OF_WORD */
        uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
        mmio_write8(EL2_GICD + GICD_IPRIORITYR + intid, GIC_PRIORITY_FIRST);
        mmio_write64(EL2_GICD + GICD_IROUTER + 8 * intid, plan.cpus[plan.gic.spi_cpu[intid]].mpidr);
    }
}

bool gic_init(void)
{
    uint32_t intids = GICD_TYPER_INTIDS(mmio_read32(EL2_GICD + GICD_TYPER));

    if (intids < plan.gic.intid_count) {
        log_write(LOG_GIC_SMALLER, NULL, intids - 1, 0, 0, 0);
        return false;
    }
    mmio_write32(EL2_GICD + GICD_CTLR, 0);
    gic_wait_distributor();
    mmio_write32(EL2_GICD + GICD_CTLR, GICD_CTLR_ARE);
    gic_wait_distributor();
    gic_priorities_init();
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) {
        spis_restart(n, UINT32_MAX);
        gic_wait_distributor(); /* disabled: only then may the trigger change */
        mmio_write32(EL2_GICD + GICD_IGROUPR + 4 * n, UINT32_MAX);
        mmio_write32(EL2_GICD + GICD_IGRPMODR + 4 * n, 0);
        mmio_write32(EL2_GICD + GICD_ICFGR + 8 * n, plan.gic.icfgr[2 * n]);
        mmio_write32(EL2_GICD + GICD_ICFGR + 8 * n + 4, plan.gic.icfgr[2 * n + 1]);
    }
    mmio_write32(EL2_GICD + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_G0 | GICD_CTLR_ENABLE_G1);
    gic_wait_distributor();
    return true;
}

/** Disables the private interrupts of @frame; none stays pending or active; all in group 1. */
static void gic_private_reset(uint64_t frame)
{
    mmio_write32(frame + GICD_ICENABLER, UINT32_MAX);
    mmio_write32(frame + GICD_ICPENDR, UINT32_MAX);
    mmio_write32(frame + GICD_ICACTIVER, UINT32_MAX);
    mmio_write32(frame + GICD_IGROUPR, UINT32_MAX);
    mmio_write32(frame + GICD_IGRPMODR, 0);
    for (uint32_t n = 0; n < 8; n++) { /* bound: 8 */
        mmio_write32(frame + GICD_IPRIORITYR + 4 * n, 0);
    }
    gic_wait_clear(frame - GICR_SGI_FRAME + GICR_CTLR, GICR_CTLR_RWP);
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

void gic_pend(intid_t intid)
{
    dsb_ishst();
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid.id / 32 * 4, 1U << intid.id % 32);
}

void gic_direct_reset(void)
{
    gic_private_reset(gic_redistributor(this_cpu.index) + GICR_SGI_FRAME);
    gic_interface_reset();
}

void gic_direct_poll(void)
{
    uint64_t frame = gic_redistributor(this_cpu.index) + GICR_SGI_FRAME;

    mmio_write32(frame + GICD_ICPENDR, 1U << GIC_KICK_SGI);
    /* Read back: the clearing must be done before we look at what the kick was for. */
    (void)mmio_read32(frame + GICD_ICPENDR);
    dsb_sy();
    vm_attend(); /* bound: VCPUS = 1, VIRTUAL = 0 */
}

void gic_direct_wait(void)
{
    uint64_t frame = gic_redistributor(this_cpu.index) + GICR_SGI_FRAME;

    vcpu_leave();
    gic_direct_reset();
    gic_interface_open(GIC_MASK_LOWEST);
    mmio_write32(frame + GICD_ISENABLER, 1U << GIC_KICK_SGI);
    /* bound: VCPUS = 1, VIRTUAL = 0 */
    vm_attend();               /* a kick that came before is gone with the reset */
    while (!this_cpu.decide) { /* bound: KICKS; each look after a sleep is a way of its own */
        cpu_wait();
        gic_direct_poll();
    }
}

void gic_kick(uint32_t vcpu)
{
    const struct plan_vcpu *target = plan_vcpu(vcpu);
    uint64_t frame = gic_redistributor(target->cpu) + GICR_SGI_FRAME;

    bool direct = plan_vm(target->vm)->delivery != PLAN_DELIVERY_VIRTUAL;

    if (direct) { /* the guest there may have masked it */
        mmio_write8(frame + GICD_IPRIORITYR + GIC_KICK_SGI, GIC_PRIORITY_KICK);
        mmio_write32(frame + GICD_ISENABLER, 1U << GIC_KICK_SGI);
    }
    gic_interface_send(plan.cpus[target->cpu].sgi0);
    if (direct) {
        cpu_send_event(); /* it may sleep in WFE with interrupts masked */
    }
}

void gic_vm_disable(const struct plan_vm *vm)
{
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) { /* bound: INTID_WORDS - 1 */
        if (vm->intids[n] != 0) {
            mmio_write32(EL2_GICD + GICD_ICENABLER + 4 * n, vm->intids[n]);
            spis_reset(vm, n);
        }
    }
    gic_wait_distributor();
}

bool gic_vm_reset(const struct plan_vm *vm, uint32_t *word)
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
