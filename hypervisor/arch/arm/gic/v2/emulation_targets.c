/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a VM's interrupts go, emulated: GICD_ITARGETSR, with the CPU interfaces by which the guest
 * knows its vCPUs.
 */
#include "cpu.h"
#include "emulation.h"
#include "interface.h"
#include "vm.h"

/** The guest sends SPI @intid to @interfaces, a bit each. It goes to the first of its own vCPUs
 * among them, as if that one had always been faster; without any it goes nowhere. */
static void targets_write(const struct plan_vm *vm, uint32_t intid, uint32_t interfaces)
{
    /* bound: VM_VCPUS */
    for (uint32_t i = vm->first_vcpu; i < vm->first_vcpu + vm->vcpu_count; i++) {
        if ((vcpu_interface_bit(i) & interfaces) != 0) {
            /* bound: 4 in gic_access_targets, never with stage2_fault_exit */
            gic_spi_route(intid, i);
            return;
        }
    }
    gic_spi_withdraw(intid); /* bound: 4 in gic_access_targets, never with stage2_fault_exit */
}

/** What the guest reads of interrupt @intid: a private one's is the reader. */
static uint32_t targets_read(uint32_t intid)
{
    uint32_t vcpu = intid < PLAN_FIRST_SPI ? this_cpu.vcpu->index : gic_spi_vcpu(intid);

    return vcpu == PLAN_NONE ? 0 : vcpu_interface_bit(vcpu);
}

void gic_access_targets(struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t first = (uint32_t)access->offset - GICD_ITARGETSR;
    uint32_t found = 0;

    for (uint32_t i = 0; i < access->size; i++) { /* bound: 4 */
        uint32_t intid = first + i;
        bool owned = intid >= PLAN_FIRST_SPI && plan_vm_owns(vm, (intid_t){intid});
        if (access->write && owned) {
            targets_write(vm, intid, (uint32_t)access->value >> 8 * i & 0xff);
        } else if (!access->write && (owned || intid < PLAN_FIRST_SPI)) {
            found |= targets_read(intid) << 8 * i;
        }
    }
    access->value = found;
}
