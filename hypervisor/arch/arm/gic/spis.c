/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPIs of VMs with virtual interrupts: which are enabled, and which EL2 keeps disabled all the same
 * (enum gic_mute).
 *
 * Several CPUs may change this at once. Each changes its word first, then makes the hardware
 * follow, and looks at the words once more: so the last change is what the hardware has.
 */
#include <stdatomic.h>

#include "core_local.h"
#include "cpu.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"
#include "vm.h"

SHARED struct gic_spis gic_spis[PLAN_MAX_VMS];
SHARED uint8_t gic_spi_holders[PLAN_MAX_INTIDS];

static struct gic_spis *spis_of(const struct plan_vm *vm)
{
    return &gic_spis[plan_vm_index(vm)];
}

/** Those of word @n that may come. */
static uint32_t spis_open(const struct gic_spis *spis, uint32_t n)
{
    return atomic_load(&spis->enabled[n]) & ~atomic_load(&spis->muted[MUTE_OFF][n]) &
           ~atomic_load(&spis->muted[MUTE_AGAIN][n]);
}

/* More than others could change in between: each change takes hundreds of instructions of
 * another CPU of the VM, or of EL2. */
#ifndef SPI_FOLLOW_MAX /* proofs have fewer */
#define SPI_FOLLOW_MAX 8U
#endif

/** The words of @bits of word @n have changed: so does the hardware. */
static void spis_follow(const struct gic_spis *spis, uint32_t n, uint32_t bits)
{
    for (uint32_t i = 0; i < SPI_FOLLOW_MAX; i++) { /* bound: SPI_CHANGES */
        uint32_t open = spis_open(spis, n) & bits;
        dsb_sy(); /* the words before the hardware ... */
        if (open != 0) {
            mmio_write32(EL2_GICD + GICD_ISENABLER + 4 * n, open);
        }
        if (open != bits) {
            mmio_write32(EL2_GICD + GICD_ICENABLER + 4 * n, bits & ~open);
            gic_wait_distributor();
        }
        dsb_sy(); /* ... and this before they are looked at again */
        if ((spis_open(spis, n) & bits) == open) {
            return;
        }
    }
}

void spis_enable(uint32_t n, uint32_t bits, bool enable)
{
    struct gic_spis *spis = spis_of(this_cpu.vm);

    if (enable) {
        atomic_fetch_or(&spis->enabled[n], bits);
    } else {
        atomic_fetch_and(&spis->enabled[n], ~bits);
    }
    spis_follow(spis, n, bits);
}

uint32_t spis_enabled(uint32_t n)
{
    return atomic_load(&spis_of(this_cpu.vm)->enabled[n]);
}

uint32_t spis_again(uint32_t n)
{
    return atomic_load(&spis_of(this_cpu.vm)->muted[MUTE_AGAIN][n]);
}

void spi_mute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    struct gic_spis *spis = spis_of(vm);

    atomic_fetch_or(&spis->muted[why][intid / 32], 1U << intid % 32);
    spis_follow(spis, intid / 32, 1U << intid % 32);
}

void spi_unmute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    struct gic_spis *spis = spis_of(vm);

    if (spi_is_muted(vm, intid, why)) {
        atomic_fetch_and(&spis->muted[why][intid / 32], ~(1U << intid % 32));
        /* bound: MUTED in lists_retire, MUTED in lists_return, MUTED in lists_drain */
        spis_follow(spis, intid / 32, 1U << intid % 32);
    }
}

bool spi_is_muted(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    return (atomic_load(&spis_of(vm)->muted[why][intid / 32]) >> intid % 32 & 1) != 0;
}

void spis_unmute_routed(const struct vcpu *vcpu)
{
    const struct gic_spis *spis = spis_of(vcpu->vm);

    /* bound: INTID_WORDS - 1 */
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) {
        /* bound: 32, in all VM_SPIS */
        for (uint32_t bits = atomic_load(&spis->muted[MUTE_OFF][n]); bits != 0; bits &= bits - 1) {
            uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
            if (spi_goes_to(intid, this_cpu.index)) {
                spi_unmute(vcpu->vm, intid, MUTE_OFF);
            }
        }
    }
}

void spis_reset(const struct plan_vm *vm, uint32_t n)
{
    struct gic_spis *spis = spis_of(vm);

    atomic_store(&spis->enabled[n], 0);
    atomic_store(&spis->muted[MUTE_OFF][n], 0);
    atomic_store(&spis->muted[MUTE_AGAIN][n], 0);
}
