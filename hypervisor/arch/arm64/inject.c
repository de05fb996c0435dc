/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions that a guest is made to take, and where it is (guest_fault.h).
 */
#include "abort_iss.h"
#include "guest_fault.h"
#include "sysreg.h"

/* ESR_ELx of injected exceptions (Arm DDI 0487, ESR_EL1). */
#define ESR_CLASS          (0x3fULL << 26) /* 0: unknown reason */
#define ESR_SAME_LEVEL     (1ULL << 26)    /* of an abort: taken from the level it is taken to */
#define FSC_EXTERNAL_ABORT 0x10U

/* Offsets into the guest's vector table. */
#define VECTOR_EL1T          0x000U
#define VECTOR_EL1H          0x200U
#define VECTOR_LOWER_AARCH64 0x400U
#define VECTOR_LOWER_AARCH32 0x600U
#define VECTOR_TABLE_SIZE    0x800U

/** Makes the guest take a synchronous exception with syndrome @esr, as AArch64.TakeException
 * does. */
static void inject(uint64_t esr)
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

/** An abort for the address in FAR_EL2: of the kind that the guest has caused. */
static void inject_abort(void)
{
    uint64_t mode = read_sysreg(spsr_el2) & (SPSR_AARCH32 | SPSR_MODE_MASK);
    uint64_t esr = read_sysreg(esr_el2);
    uint64_t class = esr & ESR_CLASS; /* from a lower level, as seen from EL2 */

    if (mode == SPSR_EL1H || mode == SPSR_EL1T) {
        class |= ESR_SAME_LEVEL;
    }
    write_sysreg(far_el1, read_sysreg(far_el2));
    inject(class | ESR_IL | (esr & (ISS_CACHE | ISS_WRITE)) | FSC_EXTERNAL_ABORT);
}

void guest_inject(enum guest_exception exception)
{
    if (exception == GUEST_ABORT) {
        inject_abort();
    } else {
        inject(read_sysreg(esr_el2) & ESR_IL);
    }
}

uint64_t guest_pc(void)
{
    return read_sysreg(elr_el2);
}

bool guest_is_stuck(void)
{
    uint64_t spsr = read_sysreg(spsr_el2);
    uint64_t pc = read_sysreg(elr_el2);

    return (spsr & (SPSR_AARCH32 | SPSR_MODE_MASK | SPSR_DAIF)) == (SPSR_EL1H | SPSR_DAIF) &&
           pc - read_sysreg(vbar_el1) < VECTOR_TABLE_SIZE && read_sysreg(elr_el1) == pc;
}
