/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CPU whose guest has the hardware's interface (direct interrupts): what is left to EL2. And
 * kicks, which reach such CPUs, too.
 */
#include "cpu.h"
#include "cpu_sleep.h"
#include "gic.h"
#include "gic_local.h"
#include "guest_state.h"
#include "interface.h"
#include "mmio.h"
#include "vm.h"

void gic_direct_reset(void)
{
    gic_private_reset(gic_private_bank(this_cpu.index));
    gic_interface_reset();
    gic_kick_keep(gic_private_bank(this_cpu.index));
}

/* The plugins and bounds count what begins here (bench/exit_classes.yaml). */
__attribute__((noinline)) void gic_direct_poll(void)
{
    uint64_t frame = gic_private_bank(this_cpu.index);

    gic_kick_clear(frame);
    dsb_sy();
    vm_attend(); /* bound: VCPUS = 1, VIRTUAL = 0 */
}

void gic_direct_wait(void)
{
    uint64_t frame = gic_private_bank(this_cpu.index);

    vcpu_leave();
    gic_direct_reset();
    gic_interface_open(GIC_MASK_LOWEST);
    mmio_write32(frame + GICD_ISENABLER, 1U << GIC_KICK_SGI);
    /* bound: VCPUS = 1, VIRTUAL = 0 */
    vm_attend(); /* a kick that came before is gone with the reset */
    /* bound: KICKS; each poll after a sleep is a path of its own */
    while (!this_cpu.need_resched) {
        cpu_wait();
        gic_direct_poll();
    }
}

void interrupts_kick(uint32_t vcpu)
{
    const struct plan_vcpu *target = plan_vcpu(vcpu);
    bool direct = plan_vm(target->vm)->delivery != PLAN_DELIVERY_VIRTUAL;

    if (direct) {
        gic_kick_unmask(target->cpu);
    }
    gic_interface_send(gic_sgi_value(plan.cpus[target->cpu].sgi0, GIC_KICK_SGI));
    if (direct) {
        cpu_send_event(); /* it may sleep in WFE with interrupts masked */
    }
}
