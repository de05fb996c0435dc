/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions that a guest is made to take.
 */
#include "sysreg.h"
#include "vcpu.h"

/* ESR_ELx of injected exceptions (Arm DDI 0487, ESR_EL1). */
#define ESR_EC(class)        ((uint64_t)(class) << 26)
#define ESR_IL               (1ULL << 25) /* a 32-bit instruction */
#define EC_UNKNOWN           0x00U
#define EC_FETCH_ABORT_LOWER 0x20U
#define EC_FETCH_ABORT_SAME  0x21U
#define EC_DATA_ABORT_LOWER  0x24U
#define EC_DATA_ABORT_SAME   0x25U
#define FSC_EXTERNAL_ABORT   0x10U

/* Offsets into the guest's vector table. */
#define VECTOR_EL1T          0x000U
#define VECTOR_EL1H          0x200U
#define VECTOR_LOWER_AARCH64 0x400U
#define VECTOR_LOWER_AARCH32 0x600U

/** Makes the guest take a synchronous exception with syndrome @esr, as AArch64.TakeException does. */
static void vcpu_inject(uint64_t esr)
{
    uint64_t from = read_sysreg(spsr_el2);
    uint64_t sctlr = read_sysreg(sctlr_el1);
    uint64_t state = (from & (SPSR_FLAGS | SPSR_DIT | SPSR_PAN)) | SPSR_DAIF | SPSR_EL1H;
    uint64_t vector = VECTOR_LOWER_AARCH64;

    if ((from & SPSR_AARCH32) != 0) {
        vector = VECTOR_LOWER_AARCH32;
        state = (from & SPSR_FLAGS) | SPSR_DAIF | SPSR_EL1H;
    } else if ((from & SPSR_MODE_MASK) == SPSR_EL1H) {
        vector = VECTOR_EL1H;
    } else if ((from & SPSR_MODE_MASK) == SPSR_EL1T) {
        vector = VECTOR_EL1T;
    }
    if (id_field(id_aa64mmfr1_el1, 20) != 0 && (sctlr & SCTLR_EL1_SPAN) == 0) {
        state |= SPSR_PAN;
    }
    if ((sctlr & SCTLR_EL1_DSSBS) != 0) {
        state |= SPSR_SSBS;
    }
    write_sysreg(spsr_el1, from);
    write_sysreg(elr_el1, read_sysreg(elr_el2));
    write_sysreg(esr_el1, esr);
    write_sysreg(elr_el2, read_sysreg(vbar_el1) + vector);
    write_sysreg(spsr_el2, state);
}

void vcpu_inject_undefined(void)
{
    vcpu_inject(ESR_EC(EC_UNKNOWN) | (read_sysreg(esr_el2) & ESR_IL));
}

void vcpu_inject_abort(bool fetch)
{
    uint64_t mode = read_sysreg(spsr_el2) & (SPSR_AARCH32 | SPSR_MODE_MASK);
    bool from_el1 = mode == SPSR_EL1H || mode == SPSR_EL1T;
    uint32_t class = fetch ? (from_el1 ? EC_FETCH_ABORT_SAME : EC_FETCH_ABORT_LOWER)
                           : (from_el1 ? EC_DATA_ABORT_SAME : EC_DATA_ABORT_LOWER);

    write_sysreg(far_el1, read_sysreg(far_el2));
    vcpu_inject(ESR_EC(class) | ESR_IL | FSC_EXTERNAL_ABORT);
}
