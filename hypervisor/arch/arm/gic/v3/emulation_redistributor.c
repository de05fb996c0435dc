/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The redistributors of a VM, emulated: one per vCPU, two frames each. The first frame only tells
 * what there is; the second one's registers are those of private interrupts.
 */
#include "cpu.h"
#include "emulation.h"
#include "gicv3.h"
#include "mmio.h"

/** GICR_TYPER (12.11.38): affinity, number within the VM, and whether it is the VM's last; no
 * LPIs. */
static uint64_t redistributor_type(uint32_t vcpu)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t number = vcpu - vm->first_vcpu;
    uint64_t mpidr = plan_vcpu(vcpu)->mpidr;
    uint64_t affinity = GICR_AFFINITY(mpidr);

    return affinity << GICR_TYPER_AFFINITY_SHIFT | (uint64_t)number << 8 |
           (number + 1 == vm->vcpu_count ? GICR_TYPER_LAST : 0);
}

void gic_access_redistributor(struct gic_access *access)
{
    uint64_t offset = access->offset;

    access->value = 0; /* also of GICR_WAKER: awake */
    if (offset == GICR_CTLR) {
        access->value = mmio_read32(access->bank + GICR_CTLR) & (GICR_CTLR_RWP | GICR_CTLR_UWP);
    } else if ((offset & ~7ULL) == GICR_TYPER) {
        access->value = redistributor_type(access->vcpu) >> 8 * (offset & 4);
    } else if (offset == GICR_PIDR2) {
        access->value = GIC_ARCHITECTURE_3;
    }
}
