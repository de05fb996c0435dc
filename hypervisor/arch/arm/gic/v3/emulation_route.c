/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a VM's SPIs go, emulated: GICD_IROUTER, with the affinities by which the guest knows its
 * vCPUs.
 */
#include "affinity.h"
#include "cpu.h"
#include "emulation.h"
#include "interface.h"
#include "vm.h"

void gic_access_route(struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t intid = (uint32_t)(access->offset - GICD_IROUTER) / 8;
    unsigned shift = 8 * (access->offset & 4);

    if (intid < PLAN_FIRST_SPI || !plan_vm_owns(vm, (intid_t){intid})) {
        access->value = 0;
        return;
    }
    uint32_t before = gic_spi_vcpu(intid);
    uint64_t route = before == PLAN_NONE ? 0 : plan_vcpu(before)->mpidr;
    if (!access->write) {
        access->value = route >> shift;
        return;
    }
    if (access->size == 4) {
        uint64_t half = (uint64_t)UINT32_MAX << shift;
        access->value = (route & ~half) | access->value << shift;
    }
    /* To one of its own vCPUs, or else nowhere new. */
    uint32_t vcpu =
        (access->value & GICD_IROUTER_ANY) != 0 ? vm->first_vcpu : vm_vcpu(vm, access->value);
    if (vcpu != PLAN_NONE) {
        gic_spi_route(intid, vcpu); /* bound: never with stage2_fault_exit */
    }
}
