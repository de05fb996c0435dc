/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store to a doorbell page.
 */
#include "abort_iss.h"
#include "doorbell.h"
#include "exits.h"
#include "sysreg.h"

/* A store of 4 bytes of which the syndrome says all, to a page that stage 2 doesn't map. */
#define STORE_MASK (ISS_ISV | ISS_SIZE_MASK | ISS_S1PTW | ISS_WRITE | ISS_FSC_KIND)
#define STORE      (ISS_ISV | ISS_SIZE_4 | ISS_WRITE | ISS_FSC_TRANSLATION)

bool doorbell_exit(void)
{
    uint64_t page = read_sysreg(hpfar_el2);

    if ((read_sysreg(esr_el2) & STORE_MASK) != STORE) {
        return false;
    }
    /* HPFAR_EL2.FIPA: bits 51:12 of the address */
    return doorbell_store((guest_addr_t){page << 8});
}
