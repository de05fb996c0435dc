/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The redistributors of a VM, emulated: one per vCPU, two frames each. The first frame only tells what there is;
 * the second one's registers are the hardware's, masked.
 */
#include "cpu.h"
#include "gicv3.h"
#include "gicv3_local.h"
#include "mmio.h"

/** GICR_TYPER (12.11.38): affinity, number within the VM, and whether it is the VM's last; no LPIs. */
static uint64_t redistributor_type(uint32_t vcpu_number)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t mpidr = plan_vcpu(vm->first_vcpu + vcpu_number)->mpidr;
    uint64_t affinity = (mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff);

    return affinity << 32 | (uint64_t)vcpu_number << 8 | (vcpu_number + 1 == vm->vcpu_count ? GICR_TYPER_LAST : 0);
}

static void access_first_frame(uint64_t redistributor, uint32_t vcpu_number, struct gic_access *access)
{
    uint64_t offset = access->offset % GIC_REDISTRIBUTOR_SIZE;

    access->value = 0; /* also of GICR_WAKER: awake */
    if (offset == GICR_CTLR) {
        access->value = mmio_read32(redistributor + GICR_CTLR) & (GICR_CTLR_RWP | GICR_CTLR_UWP);
    } else if ((offset & ~7ULL) == GICR_TYPER) {
        access->value = redistributor_type(vcpu_number) >> 8 * (offset & 4);
    } else if (offset == GICR_PIDR2) {
        access->value = GIC_ARCHITECTURE_3;
    }
}

bool gic_redistributor_access(struct gic_access *access)
{
    uint32_t vcpu_number = (uint32_t)(access->offset / GIC_REDISTRIBUTOR_SIZE);
    uint64_t offset = access->offset % GIC_REDISTRIBUTOR_SIZE;
    uint64_t redistributor = gic_redistributor(plan_vcpu(this_cpu.vm->first_vcpu + vcpu_number)->cpu);

    if (offset < GICR_SGI_FRAME) {
        access_first_frame(redistributor, vcpu_number, access);
        return access->size >= 4;
    }
    access->offset = offset - GICR_SGI_FRAME;
    if (access->offset < GICD_IGROUPR || access->offset >= 0x1000) {
        access->value = 0;
        return true;
    }
    return this_cpu.virtual_interrupts ? gic_private_access(this_cpu.vm->first_vcpu + vcpu_number, access)
                                       : gic_bank_access(redistributor + GICR_SGI_FRAME, access);
}
