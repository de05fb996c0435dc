/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps: a guest on its own core does as it likes with registers that concern only that core, and
 * is stopped at those that reach further. Features that this hypervisor knows nothing of are not
 * shown to guests (feature_registers.c), and their traps stay at "trap".
 */
#include "traps.h"

#include "cpu.h"
#include "sysreg.h"

/** Bits of MDCR_EL2 against what counts or records beyond one VM's work, as far as this CPU has
 * it. */
static uint64_t profiling_traps(void)
{
    uint64_t mdcr = 0;

    if (id_field(id_aa64dfr0_el1, 32) != 0) {
        mdcr |= MDCR_EL2_TPMS;
    }
    if (id_field(id_aa64dfr0_el1, 40) != 0) {
        mdcr |= MDCR_EL2_TTRF;
    }
    if (this_cpu.shared) { /* they would act on, and could be read by, the neighbours */
        mdcr |= MDCR_EL2_TPM | MDCR_EL2_TPMCR | MDCR_EL2_TDA | MDCR_EL2_TDOSA | MDCR_EL2_TDRA;
        write_sysreg(oslar_el1, 0); /* each vCPU has an OS lock of its own (debug_registers.c) */
    }
    return mdcr;
}

void traps_init(void)
{
    uint64_t cptr = CPTR_EL2_RES1 | CPTR_EL2_TSM | CPTR_EL2_TTA;

    /* Which counters a guest has: all (MDCR_EL2.HPMN). Nothing else of debug or profiling is
     * trapped: breakpoints, watchpoints and counters act on their own core only. */
    uint64_t pmu = id_field(id_aa64dfr0_el1, 8);
    uint64_t mdcr = pmu != 0 && pmu != 0xf ? read_sysreg(pmcr_el0) >> 11 & 0x1f : 0;
    write_sysreg(mdcr_el2, mdcr | profiling_traps());
    if (id_field(id_aa64pfr0_el1, 44) != 0) {
        cptr |= CPTR_EL2_TAM;
    }
    if (id_field(id_aa64pfr0_el1, 40) != 0 || id_field(id_aa64pfr1_el1, 16) != 0) {
        write_sysreg(S3_4_C10_C5_0, MPAM2_EL2_TRAPS);
    }

    if (id_field(id_aa64pfr0_el1, 32) != 0 && !this_cpu.restricted) {
        write_sysreg(cptr_el2, cptr); /* SVE registers must be accessible before the next line */
        isb();
        write_sysreg(S3_4_C1_C2_0, 0xf); /* ZCR_EL2: the longest vectors there are */
    } else {
        cptr |= CPTR_EL2_TZ; /* RES1 */
    }
    write_sysreg(cptr_el2, cptr);
    write_sysreg(hstr_el2, 0);

    /* FEAT_FGT: no trap by its positive bits, all by its negative ones */
    if (id_field(id_aa64mmfr0_el1, 56) != 0) {
        write_sysreg(S3_4_C1_C1_4, 0); /* HFGRTR_EL2 */
        write_sysreg(S3_4_C1_C1_5, 0); /* HFGWTR_EL2 */
        write_sysreg(S3_4_C1_C1_6, 0); /* HFGITR_EL2 */
        write_sysreg(S3_4_C3_C1_4, 0); /* HDFGRTR_EL2 */
        write_sysreg(S3_4_C3_C1_5, 0); /* HDFGWTR_EL2 */
    }
    if (id_field(id_aa64mmfr1_el1, 40) != 0) { /* FEAT_HCX: its features stay off */
        write_sysreg(S3_4_C1_C2_2, 0);         /* HCRX_EL2 */
    }
}

uint64_t traps_guest(void)
{
    uint64_t hcr = HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | HCR_EL2_AMO | HCR_EL2_TID3 |
                   HCR_EL2_TSC | HCR_EL2_TIDCP | HCR_EL2_TACR | HCR_EL2_TSW | HCR_EL2_RW;

    /* Bits of features that a CPU lacks are reserved: set them only where they mean something. */
    if (id_field(id_aa64mmfr1_el1, 16) != 0) {
        hcr |= HCR_EL2_TLOR;
    }
    if (id_field(id_aa64pfr0_el1, 28) != 0) { /* FEAT_RAS */
        hcr |= HCR_EL2_TERR;
    }
    if (this_cpu.virtual_interrupts) {
        hcr |= HCR_EL2_IMO | HCR_EL2_FMO;
    }
    if (this_cpu.shared) {
        hcr |= HCR_EL2_TWI;
    }
    if (this_cpu.restricted) {
        return hcr; /* and no pointer authentication: its keys are not switched */
    }
    if ((read_sysreg(id_aa64isar1_el1) & 0xff000ff0) != 0 ||
        (read_sysreg(S3_0_C0_C6_2) & 0xff00) != 0) {
        /* pointer authentication, whichever algorithm (APA, API, GPA, GPI, *3) */
        hcr |= HCR_EL2_APK | HCR_EL2_API;
    }
    return hcr;
}
