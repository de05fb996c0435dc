/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPIs of a VM with virtual interrupts: what gic_proof.c has found them to be called with, and any
 * state of them.
 */
#include "arch/arm/gic/spis.c"

#include "system.c"

#include "devices.c"

int main(void)
{
    const uint32_t n = WORD; /* a constant, which makes the proof quick */
    uint32_t bit = nondet_u32();

    system_any();
    version_any();
    assume(this_cpu.virtual_interrupts && bit < 32);
    uint32_t bits = nondet_u32() & this_cpu.vm->intids[n];
    gic_spis[1].enabled[n] = nondet_u32();
    gic_spis[1].muted[MUTE_OFF][n] = nondet_u32();
    gic_spis[1].muted[MUTE_AGAIN][n] = nondet_u32();
    enum gic_mute why = nondet_bool() ? MUTE_OFF : MUTE_AGAIN;
    if (nondet_bool()) {
        spis_enable(n, bits, nondet_bool());
    } else {
        assume(system_owns(n, 1U << bit));
        if (nondet_bool()) {
            spi_mute(this_cpu.vm, 32 * n + bit, why);
        } else {
            spi_unmute(this_cpu.vm, 32 * n + bit, why);
        }
    }
    return 0;
}
