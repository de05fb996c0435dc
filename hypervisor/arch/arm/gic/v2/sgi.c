/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs between the vCPUs of a VM. They are sent by a register of the distributor, which is
 * emulated: with direct interrupts, too, so that they reach no other VM.
 */
#include "cpu.h"
#include "emulation.h"
#include "interface.h"
#include "lists.h"
#include "vm.h"

SHARED struct sgi_sources sgi_sources[PLAN_MAX_VCPUS];

uint32_t vcpu_interface_bit(uint32_t vcpu)
{
    const struct plan_vm *vm = this_cpu.vm;

    return vm->delivery == PLAN_DELIVERY_VIRTUAL ? 1U << (vcpu - vm->first_vcpu)
                                                 : gic_interface_bit(plan_vcpu(vcpu)->cpu);
}

void sgi_source_add(uint32_t target, uint32_t sgi)
{
    atomic_fetch_or(&sgi_sources[target].pending[sgi],
                    (uint8_t)vcpu_interface_bit(this_cpu.vcpu->index));
}

uint32_t sgi_not_had(uint32_t vcpu, uint32_t sgis)
{
    uint32_t left = 0;

    for (; sgis != 0; sgis &= sgis - 1) { /* bound: 16 */
        left |= sgi_has_more(vcpu, (uint32_t)__builtin_ctz(sgis)) ? sgis & -sgis : 0;
    }
    return left;
}

void sgi_sources_reset(uint32_t vcpu)
{
    for (uint32_t sgi = 0; sgi < SGI_COUNT; sgi++) { /* bound: 16 */
        atomic_store(&sgi_sources[vcpu].pending[sgi], 0);
        sgi_sources[vcpu].active[sgi] = 0;
    }
}

/** Sends @sgi to vCPU @target (index in the plan), on another CPU. */
static void sgi_post(uint32_t target, uint32_t sgi)
{
    struct vcpu_state *state = &vcpu_states[target];

    sgi_source_add(target, sgi);
    /* Where something waits already the CPU has been told: a sender can't make it listen more
     * than once a time. */
    if (atomic_fetch_or(&state->sgis, 1U << sgi) == 0) {
        gic_interface_send(state->ipi_value); /* after the store */
    }
}

/** Sends @sgi to the vCPUs @targets of @vm, a bit each by their numbers, with virtual interrupts.
 */
static void send_virtual(const struct plan_vm *vm, uint32_t targets, uint32_t sgi)
{
    for (; targets != 0; targets &= targets - 1) { /* bound: VM_VCPUS */
        uint32_t target = vm->first_vcpu + (uint32_t)__builtin_ctz(targets);
        if (target != this_cpu.vcpu->index) {
            sgi_post(target, sgi);
            continue;
        }
        sgi_source_add(target, sgi);
        lists_pend(this_cpu.vcpu, 0, 1U << sgi); /* bound: 1 in gic_access_sgi */
    }
}

/** The same with direct interrupts: the hardware's SGI. */
static void send_direct(const struct plan_vm *vm, uint32_t targets, uint32_t sgi)
{
    uint64_t list = 0;

    for (; targets != 0; targets &= targets - 1) { /* bound: VM_VCPUS */
        list |= plan.cpus[plan_vcpu(vm->first_vcpu + (uint32_t)__builtin_ctz(targets))->cpu].sgi0;
    }
    if (list != 0) {
        gic_interface_send(gic_sgi_value(list, sgi));
    }
}

/** The vCPUs of @vm to which the value @value of GICD_SGIR is addressed, a bit each by their
 * numbers. */
static uint32_t targets_of(const struct plan_vm *vm, uint32_t value)
{
    uint32_t all = (1U << vm->vcpu_count) - 1;
    uint32_t self = 1U << (this_cpu.vcpu->index - vm->first_vcpu);

    switch (SGIR_FILTER(value)) {
    case SGIR_FILTER_OTHER:
        return all & ~self;
    case SGIR_FILTER_SELF:
        return self;
    case SGIR_FILTER_LIST:
        break;
    default: /* reserved */
        return 0;
    }
    if (this_cpu.virtual_interrupts) {
        return SGIR_LIST(value) & all;
    }
    uint32_t targets = 0;
    for (uint32_t i = 0; i < vm->vcpu_count; i++) { /* bound: VM_VCPUS */
        targets |= (SGIR_LIST(value) & vcpu_interface_bit(vm->first_vcpu + i)) != 0 ? 1U << i : 0;
    }
    return targets;
}

/** GICD_SGIR: to be written only. */
static void access_send(struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t value = (uint32_t)access->value;

    if (!access->write) {
        access->value = 0;
    } else if (this_cpu.virtual_interrupts) {
        /* bound: never with stage2_fault_exit */
        send_virtual(vm, targets_of(vm, value), SGIR_INTID(value));
    } else {
        send_direct(vm, targets_of(vm, value), SGIR_INTID(value));
    }
}

/** The loaded vCPU's @sgi is pending from @interfaces, a bit each, or, without @set, from them no
 * more. */
static void sources_write(uint32_t sgi, uint32_t interfaces, bool set)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    _Atomic(uint8_t) *sources = &sgi_sources[vcpu->index].pending[sgi];

    if (set) {
        atomic_fetch_or(sources, (uint8_t)interfaces);
    } else {
        /* out of the list registers: all of its senders are in `sources` */
        lists_retire(vcpu, 0, 1U << sgi, false);
        atomic_fetch_and(sources, (uint8_t)~interfaces);
    }
    if (atomic_load(sources) != 0) {
        lists_pend(vcpu, 0, 1U << sgi);
    }
}

/** From which interfaces the loaded vCPU's @sgi is pending. */
static uint32_t sources_read(uint32_t sgi)
{
    uint32_t sources = atomic_load(&sgi_sources[this_cpu.vcpu->index].pending[sgi]);

    for (uint32_t i = 0; i < gic_cpu.list_count; i++) { /* bound: LIST_REGISTERS */
        lr_t list = lr_read(i);
        bool pending = (list & LR_PENDING) != 0 && LR_INTID(list) == sgi;
        sources |= pending ? 1U << (list >> LR_SOURCE_SHIFT & LR_SOURCE_MASK) : 0;
    }
    return sources;
}

/** GICD_CPENDSGIR and GICD_SPENDSGIR, with virtual interrupts. */
static void access_sources(struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t all = (1U << vm->vcpu_count) - 1;
    bool set = access->offset >= GICD_SPENDSGIR;
    uint32_t first = (uint32_t)access->offset & 0xf;
    uint32_t found = 0;

    for (uint32_t i = 0; i < access->size; i++) { /* bound: 4 */
        uint32_t interfaces = (uint32_t)access->value >> 8 * i & all;
        if (!access->write) {
            found |= sources_read(first + i) << 8 * i;
        } else if (interfaces != 0) {
            sources_write(first + i, interfaces, set); /* bound: never with stage2_fault_exit */
        }
    }
    access->value = found;
}

/** The same with direct interrupts: the hardware's, of the VM's own vCPUs. A kick that is cleared
 * here has done its work: the guest that runs faults at its next instruction if it is to end. */
static void access_hardware_sources(struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t address = EL2_GICD + access->offset;
    uint32_t all = 0;
    uint32_t found = 0;

    for (uint32_t i = 0; i < vm->vcpu_count; i++) { /* bound: VM_VCPUS */
        all |= vcpu_interface_bit(vm->first_vcpu + i);
    }
    for (uint32_t i = 0; i < access->size; i++) { /* bound: 4 */
        uint32_t interfaces = (uint32_t)access->value >> 8 * i & all;
        if (!access->write) {
            found |= (uint32_t)mmio_read8(address + i) << 8 * i;
        } else if (interfaces != 0) { /* QEMU takes nobody for a sender, and stumbles over the SGI
                                         that nobody sent */
            mmio_write8(address + i, (uint8_t)interfaces);
        }
    }
    access->value = found;
}

void gic_access_sgi(struct gic_access *access)
{
    if (access->offset == GICD_SGIR) {
        access_send(access);
    } else if (access->offset < GICD_CPENDSGIR || access->offset >= GICD_SGI_END) {
        access->value = 0;
    } else if (this_cpu.virtual_interrupts) {
        access_sources(access);
    } else {
        access_hardware_sources(access);
    }
}

/* Nothing of a GICv2 is a system register. */

bool sgi_exit(uint64_t esr, const struct exit_frame *frame)
{
    (void)esr;
    (void)frame;
    return false;
}
