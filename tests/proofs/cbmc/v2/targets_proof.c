/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where SPIs go: whatever a guest writes to GICD_ITARGETSR, its VM's SPIs are sent to its VM's
 * vCPUs. gic_proof.c goes on from there.
 */
#include "arch/arm/gic/v2/emulation_targets.c"

#include "system.c"

#include "devices.c"

static uint32_t routed[4]; /* by the byte of the access: how often */

static void spi_arguments(uint32_t intid)
{
    prove(intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS, "an SPI that there is");
    prove(intid < 32 * INTID_WORDS && system_owns(intid / 32, 1U << intid % 32),
          "targets: only the VM's");
}

void gic_spi_route(uint32_t intid, uint32_t vcpu)
{
    spi_arguments(intid);
    prove(system_is_own(vcpu), "a target is a vCPU of the VM");
    routed[intid % 4]++;
}

void gic_spi_withdraw(uint32_t intid)
{
    spi_arguments(intid);
    routed[intid % 4]++;
}

uint32_t gic_spi_vcpu(uint32_t intid)
{
    uint32_t found = nondet_u32();

    spi_arguments(intid);
    assume(found == PLAN_NONE || system_is_own(found));
    return found;
}

uint32_t vcpu_interface_bit(uint32_t vcpu)
{
    prove(system_is_own(vcpu), "of a vCPU of the VM");
    return 1U << (nondet_u32() & 7);
}

int main(void)
{
    struct gic_access access = {
        .offset = nondet_u64(), .size = SIZE, .write = nondet_bool(), .value = nondet_u64()};
    uint32_t i = nondet_u32();

    system_any();
    bank_any(&access);
    assume(gic_access_targets_may(&access) && i < 4);
    gic_access_targets(&access);
    prove(routed[i] <= (access.write ? 1 : 0), "an SPI is sent to one vCPU or nowhere, by a write");
    return 0;
}
