/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature registers as guests see them (HCR_EL2.TID3): the hardware's, masked to the features that work in a guest.
 * What a mask leaves out either reaches beyond the VM or needs set-up at EL2 that is not done here; fields that
 * are not defined yet read as 0, so that a new feature is off until somebody has thought about it.
 */
#include "cpu.h"
#include "exits.h"
#include "sysreg_iss.h"

/* They are S3_0_C0_C<crm>_<op2> with crm from 1 to 7. */
#define NUMBER(crm, op2) (8 * ((crm)-1) + (op2))
#define COUNT            NUMBER(8, 0)

#define ID_AA64PFR0  NUMBER(4, 0)
#define ID_AA64PFR1  NUMBER(4, 1)
#define ID_AA64ZFR0  NUMBER(4, 4)
#define ID_AA64DFR0  NUMBER(5, 0)
#define ID_AA64ISAR0 NUMBER(6, 0)
#define ID_AA64ISAR1 NUMBER(6, 1)
#define ID_AA64ISAR2 NUMBER(6, 2)
#define ID_AA64MMFR0 NUMBER(7, 0)
#define ID_AA64MMFR1 NUMBER(7, 1)
#define ID_AA64MMFR2 NUMBER(7, 2)

/** What guests see; a register that is not here reads as 0. */
static const uint64_t shown[COUNT] = {
    /* AArch32 at EL0: its features are plain instructions. */
    [NUMBER(1, 0)] = 0x0000ffff,                 /* ID_PFR0 */
    [NUMBER(1, 1)] = 0xf00fffff,                 /* ID_PFR1 */
    [NUMBER(1, 2)] = 0x0fff0fff,                 /* ID_DFR0: no CP14 trace */
    [NUMBER(1, 4)... NUMBER(1, 7)] = UINT32_MAX, /* ID_MMFR0 to 3 */
    [NUMBER(2, 0)... NUMBER(2, 6)] = UINT32_MAX, /* ID_ISAR0 to 5, ID_MMFR4 */
    [NUMBER(3, 0)... NUMBER(3, 2)] = UINT32_MAX, /* MVFR0 to 2 */

    [ID_AA64PFR0] = 0xff0f000f0fff00ff,  /* no EL2, EL3, RAS, MPAM, AMU, RME */
    [ID_AA64PFR1] = 0x0000000f000000ff,  /* BTI, SSBS, CSV2; no MTE, SME, NMI */
    [ID_AA64ZFR0] = UINT64_MAX,          /* SVE */
    [ID_AA64DFR0] = 0x000000f0f0f0ff0f,  /* breakpoints, counters; no trace, no statistical profiling */
    [ID_AA64ISAR0] = 0xfffffffff0ffffff, /* no transactional memory */
    [ID_AA64ISAR1] = 0x0fffffffffffffff, /* no 64-byte loads and stores */
    [ID_AA64ISAR2] = 0x00ff0000fff0ffff, /* no memory copy instructions (HCRX_EL2.MSCEn) */
    [ID_AA64MMFR0] = 0x0000f000ffffffff, /* no fine-grained traps, no enhanced counter virtualisation */
    [ID_AA64MMFR1] = 0x000ff0f000f0f00f, /* no virtualisation host extensions, LORegions, HCRX_EL2 */
    [ID_AA64MMFR2] = 0xf0ff00fff0ff0fff, /* no nested virtualisation */
};

/** What the vCPUs of a VM don't have of which one shares a core: features whose state would have to be switched.
 * Kernels expect the same features on all their CPUs. */
static const uint64_t hidden_on_shared_core[COUNT] = {
    [ID_AA64PFR0] = 0xfULL << 32,                        /* SVE */
    [ID_AA64ZFR0] = UINT64_MAX,   [ID_AA64DFR0] = 0xf00, /* performance counters */
    [ID_AA64ISAR1] = 0xff000ff0,                         /* pointer authentication: GPI, GPA, API, APA */
    [ID_AA64ISAR2] = 0xff0f,                             /* and APA3, GPA3; WFIT, for WFI is trapped */
};

/** The hardware's register of @number (feature_registers_read.S). */
uint64_t feature_register_hardware(uint64_t number);

bool feature_register_read(uint64_t iss, uint64_t *value)
{
    uint64_t number = NUMBER(iss >> 1 & 0xf, iss >> 17 & 7);

    if ((iss & ISS_ENCODING & ~ISS_CODE(0U, 0U, 0U, 15U, 7U)) != ISS_CODE(3U, 0U, 0U, 0U, 0U) || number >= COUNT) {
        return false;
    }
    *value = feature_register_hardware(number) & shown[number];
    if (this_cpu.limited) {
        *value &= ~hidden_on_shared_core[number];
    }
    return true;
}
