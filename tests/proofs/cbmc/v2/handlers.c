/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What targets_proof.c has found the handler of GICD_ITARGETSR to call, as a handler. Part of
 * gic_proof.c (#include).
 */

static bool spi_targets_may(const struct gic_access *access)
{
    return access->bank == EL2_GICD && access->offset >= PLAN_FIRST_SPI &&
           access->offset < 32 * INTID_WORDS &&
           system_owns((uint32_t)access->offset / 32, 1U << access->offset % 32) &&
           system_is_own(access->vcpu);
}

/** To any vCPU of the VM goes any SPI of its own, or nowhere. */
static void spi_targets(struct gic_access *access)
{
    uint32_t intid = (uint32_t)access->offset;

    if (access->write) {
        gic_spi_route(intid, access->vcpu);
    } else if (nondet_bool()) {
        gic_spi_withdraw(intid);
    } else {
        uint32_t vcpu = gic_spi_vcpu(intid);
        prove(vcpu == PLAN_NONE || system_is_own(vcpu), "an SPI goes to a vCPU of the VM");
    }
}
