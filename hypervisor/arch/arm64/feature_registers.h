/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The feature registers that guests see, for C and assembly: those that are not here read as 0.
 * What a mask leaves out either reaches beyond the VM or needs set-up at EL2 that is not done here;
 * fields that are not defined yet read as 0, so that a new feature is off until somebody has
 * thought about it.
 */
#ifndef ARM64_FEATURE_REGISTERS_H
#define ARM64_FEATURE_REGISTERS_H

/*
 * REGISTER(crm, op2, shown, unshared) of S3_0_C0_C<crm>_<op2>: the bits that guests see; and those
 * of them that the vCPUs of a VM don't see of which one shares a core: features whose state would
 * have to be switched. Kernels expect the same features on all their CPUs.
 *
 * AArch32 at EL0: its features are plain instructions, but for CP14 trace in ID_DFR0. In AArch64,
 *     PFR0    EL2 and EL3 as they are: EL1 is not the highest level; no RAS, MPAM, AMU, RME; SVE
 * unshared PFR0    CSV2 is 1 at most (feature_registers.c) PFR1    BTI, SSBS; no MTE, SME, NMI, and
 * no CSV2_frac, which may promise the same as CSV2 ZFR0    SVE DFR0    breakpoints, counters
 * (unshared); no trace, no statistical profiling ISAR0   no transactional memory ISAR1   no 64-byte
 * loads and stores; pointer authentication (GPI, GPA, API, APA) unshared ISAR2   no memory copy
 * instructions (HCRX_EL2.MSCEn); APA3, GPA3 unshared, and WFIT, for WFI is trapped MMFR0   no
 * fine-grained traps, no enhanced counter virtualisation MMFR1   no virtualisation host extensions,
 * LORegions, HCRX_EL2 MMFR2   no nested virtualisation
 */
#define FEATURE_REGISTERS(REGISTER)                                                                \
    REGISTER(1, 0, 0x0000ffff, 0)                          /* ID_PFR0 */                           \
    REGISTER(1, 1, 0xf00fffff, 0)                          /* ID_PFR1 */                           \
    REGISTER(1, 2, 0x0fff0fff, 0)                          /* ID_DFR0 */                           \
    REGISTER(1, 4, 0xffffffff, 0)                          /* ID_MMFR0 */                          \
    REGISTER(1, 5, 0xffffffff, 0)                          /* ID_MMFR1 */                          \
    REGISTER(1, 6, 0xffffffff, 0)                          /* ID_MMFR2 */                          \
    REGISTER(1, 7, 0xffffffff, 0)                          /* ID_MMFR3 */                          \
    REGISTER(2, 0, 0xffffffff, 0)                          /* ID_ISAR0 */                          \
    REGISTER(2, 1, 0xffffffff, 0)                          /* ID_ISAR1 */                          \
    REGISTER(2, 2, 0xffffffff, 0)                          /* ID_ISAR2 */                          \
    REGISTER(2, 3, 0xffffffff, 0)                          /* ID_ISAR3 */                          \
    REGISTER(2, 4, 0xffffffff, 0)                          /* ID_ISAR4 */                          \
    REGISTER(2, 5, 0xffffffff, 0)                          /* ID_ISAR5 */                          \
    REGISTER(2, 6, 0xffffffff, 0)                          /* ID_MMFR4 */                          \
    REGISTER(3, 0, 0xffffffff, 0)                          /* MVFR0 */                             \
    REGISTER(3, 1, 0xffffffff, 0)                          /* MVFR1 */                             \
    REGISTER(3, 2, 0xffffffff, 0)                          /* MVFR2 */                             \
    REGISTER(4, 0, 0xff0f000f0fffffff, 0xf00000000)        /* ID_AA64PFR0 */                       \
    REGISTER(4, 1, 0x00000000000000ff, 0)                  /* ID_AA64PFR1 */                       \
    REGISTER(4, 4, 0xffffffffffffffff, 0xffffffffffffffff) /* ID_AA64ZFR0 */                       \
    REGISTER(5, 0, 0x000000f0f0f0ff0f, 0xf00)              /* ID_AA64DFR0 */                       \
    REGISTER(6, 0, 0xfffffffff0ffffff, 0)                  /* ID_AA64ISAR0 */                      \
    REGISTER(6, 1, 0x0fffffffffffffff, 0xff000ff0)         /* ID_AA64ISAR1 */                      \
    REGISTER(6, 2, 0x00ff0000fff0ffff, 0xff0f)             /* ID_AA64ISAR2 */                      \
    REGISTER(7, 0, 0x0000f000ffffffff, 0)                  /* ID_AA64MMFR0 */                      \
    REGISTER(7, 1, 0xf00ff0f000f0f00f, 0)                  /* ID_AA64MMFR1 */                      \
    REGISTER(7, 2, 0xf0ff00fff0ff0fff, 0)                  /* ID_AA64MMFR2 */

#endif
