/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributor's registers, and those of the redistributors where a guest has the hardware's
 * private interrupts, emulated: an access goes to the hardware's register of the same number,
 * masked to what the VM owns. The hardware is the state. What comes here exists, and has a size
 * that it allows (v2/ and v3/emulation.c).
 *
 * What the board fixes is not the guest's to change: the group (writes are ignored, as in the
 * non-secure view, which some guests expect), the trigger (from the device tree).
 */
#include <stdatomic.h>

#include "cpu.h"
#include "lists.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"
#include "vm.h"

uint32_t gic_bank_mask(uint64_t bank, uint32_t n)
{
    return (n == 0 ? gic_bank_has_private(bank) : gic_bank_has_spis(bank)) ? this_cpu.vm->intids[n]
                                                                           : 0;
}

/** SPIs @bits of word @n are not to come any more, or not where they did. Where EL2 has taken one
 * already and the guest has not begun it, it becomes pending in the hardware again: here, or by
 * the vCPU that has it, when that runs. */
static void recall(uint32_t n, uint32_t bits)
{
    const struct plan_vm *vm = this_cpu.vm;
    struct vcpu *self = this_cpu.vcpu;
    uint32_t here = lists_active(self, n) | lists_pending(self, n);
    uint32_t holders = 0;

    if ((bits & here) != 0) {
        lists_retire(self, n, bits, true);
    }
    uint32_t elsewhere = mmio_read32(EL2_GICD + GICD_ISACTIVER + 4ULL * n) & bits & ~here;
    dsb_sy(); /* who takes one writes its holder after it has become active */
    for (; elsewhere != 0; elsewhere &= elsewhere - 1) { /* bound: SPIS_OF_WORD */
        uint32_t number =
            gic_spi_holders[32 * n + (uint32_t)__builtin_ctz(elsewhere)] - vm->first_vcpu;
        holders |= number < vm->vcpu_count ? 1U << number : 0;
    }
    holders &= ~(1U << (self->index - vm->first_vcpu));
    for (; holders != 0; holders &= holders - 1) { /* bound: VM_VCPUS */
        gic_recall(vm->first_vcpu + (uint32_t)__builtin_ctz(holders));
    }
}

/** The guest makes SPIs @bits of word @n active itself: those that nobody has taken are taken for
 * it. */
static void activate(uint32_t n, uint32_t bits)
{
    uint32_t taken = mmio_read32(EL2_GICD + GICD_ISACTIVER + 4ULL * n) | spis_again(n);

    bits &= ~taken | lists_pending(this_cpu.vcpu, n);
    for (uint32_t left = bits; left != 0; left &= left - 1) { /* bound: SPIS_OF_WORD */
        gic_spi_holders[32 * n + (uint32_t)__builtin_ctz(left)] = (uint8_t)this_cpu.vcpu->index;
    }
    mmio_write32(EL2_GICD + GICD_ISACTIVER + 4ULL * n, bits);
    lists_activate(this_cpu.vcpu, n, bits);
}

/** A write to SPIs @bits of word @n, of a guest with virtual interrupts: some of them EL2 may
 * have taken already. */
static void virtual_write(uint64_t group, uint32_t n, uint32_t bits)
{
    switch (group) {
    case GICD_ISENABLER:
        spis_enable(n, bits, true);
        break;
    case GICD_ICENABLER:
        spis_enable(n, bits, false);
        recall(n, bits);
        break;
    case GICD_ISPENDR:
        mmio_write32(EL2_GICD + GICD_ISPENDR + 4ULL * n, bits & ~lists_pending(this_cpu.vcpu, n));
        break;
    case GICD_ICPENDR:
        mmio_write32(EL2_GICD + GICD_ICPENDR + 4ULL * n, bits);
        lists_retire(this_cpu.vcpu, n, bits, false);
        break;
    case GICD_ISACTIVER:
        activate(n, bits);
        break;
    default: /* GICD_ICACTIVER: only what is active here; another vCPU's would come to it twice */
        lists_end(this_cpu.vcpu, n, bits);
        break;
    }
}

/** What the guest is to see where the hardware holds @value: to the hardware, what waits for the
 * vCPU is active. */
static uint32_t virtual_read(uint64_t group, uint32_t n, uint32_t value)
{
    switch (group) {
    case GICD_ISENABLER:
    case GICD_ICENABLER:
        return spis_enabled(n);
    case GICD_ISPENDR:
    case GICD_ICPENDR:
        return value | lists_pending(this_cpu.vcpu, n);
    case GICD_ISACTIVER:
    case GICD_ICACTIVER:
        return value & (lists_active(this_cpu.vcpu, n) | ~lists_pending(this_cpu.vcpu, n));
    default:
        return value;
    }
}

void gic_access_bits(struct gic_access *access)
{
    uint32_t n = (uint32_t)(access->offset & 0x7f) / 4;
    uint64_t group = access->offset & ~0x7fULL;
    uint32_t mask = gic_bank_mask(access->bank, n);
    uint64_t address = access->bank + access->offset;

    if (mask == 0) {
        access->value = 0;
    } else if (!access->write) {
        access->value = mmio_read32(address);
        if (this_cpu.virtual_interrupts) {
            /* bound: never with stage2_fault_exit */
            access->value = virtual_read(group, n, (uint32_t)access->value);
        }
        access->value &= mask;
    } else if (this_cpu.virtual_interrupts) {
        /* bound: never with stage2_fault_exit */
        virtual_write(group, n, (uint32_t)access->value & mask);
    } else {
        mmio_write32(address, (uint32_t)access->value & mask);
    }
}

void gic_access_trigger(struct gic_access *access)
{
    uint32_t n = (uint32_t)(access->offset & 0xff) / 4;
    uint32_t owned = gic_bank_mask(access->bank, n / 2) >> 16 * (n % 2);
    uint32_t mask = 0;

    for (uint32_t i = 0; i < 16; i++) { /* bound: 16 */
        mask |= (owned >> i & 1) * 3U << 2 * i;
    }
    if (!access->write) {
        access->value = mask == 0 ? 0 : mmio_read32(access->bank + access->offset) & mask;
    }
}

void gic_spi_route(uint32_t intid, uint32_t vcpu)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t route = spi_route_to(plan_vcpu(vcpu)->cpu);
    uint64_t before = spi_route(intid);

    if (!this_cpu.virtual_interrupts) {
        spi_set_route(intid, route);
        return;
    }
    /* At a vCPU that is off it must not come at all. One that starts meanwhile is seen as on
     * here, or sees the mute. */
    bool off = atomic_load(&vcpu_states[vcpu].power) == VCPU_OFF;
    if (off) {
        spi_mute(vm, intid, MUTE_OFF);
    }
    spi_set_route(intid, route);
    (void)spi_route(intid); /* in effect, as far as can be told */
    dsb_sy();
    if (before != route) {
        recall(intid / 32, 1U << intid % 32);
    }
    if (!off || atomic_load(&vcpu_states[vcpu].power) != VCPU_OFF) {
        spi_unmute(vm, intid, MUTE_OFF);
    }
}

void gic_spi_withdraw(uint32_t intid)
{
    spi_set_route(intid, 0);
    (void)spi_route(intid);
    dsb_sy();
    if (this_cpu.virtual_interrupts) {
        recall(intid / 32, 1U << intid % 32);
    }
}

uint32_t gic_spi_vcpu(uint32_t intid)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t route = spi_route(intid);

    /* bound: VM_VCPUS */
    for (uint32_t i = vm->first_vcpu; i < vm->first_vcpu + vm->vcpu_count; i++) {
        if (spi_route_to(plan_vcpu(i)->cpu) == route) {
            return i;
        }
    }
    return PLAN_NONE;
}

void gic_access_control(struct gic_access *access)
{
    struct vm_state *state = vm_state(this_cpu.vm);
    uint32_t enables = GICD_CTLR_ENABLE_G0 | GICD_CTLR_ENABLE_G1;

    if (access->offset == GICD_CTLR && access->write) {
        state->controls = (uint32_t)access->value & enables;
    } else if (access->offset == GICD_CTLR) {
        access->value = (mmio_read32(EL2_GICD + GICD_CTLR) & ~enables) | state->controls;
    } else {
        access->value = access->offset == GICD_TYPER
                            ? gic_type_shown(this_cpu.vm, mmio_read32(EL2_GICD + GICD_TYPER))
                            : 0;
    }
}
