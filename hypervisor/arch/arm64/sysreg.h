/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers and barriers of AArch64, and the bits that the hypervisor uses, by the names of
 * Arm DDI 0487.
 */
#ifndef ARM64_SYSREG_H
#define ARM64_SYSREG_H

#define HCR_EL2_VM    (1ULL << 0)  /* stage 2 on */
#define HCR_EL2_SWIO  (1ULL << 1)  /* invalidation by set/way cleans too */
#define HCR_EL2_PTW   (1ULL << 2)  /* no translation tables in device memory */
#define HCR_EL2_FMO   (1ULL << 3)  /* FIQs to EL2 */
#define HCR_EL2_IMO   (1ULL << 4)  /* IRQs to EL2 */
#define HCR_EL2_AMO   (1ULL << 5)  /* SErrors to EL2 */
#define HCR_EL2_VSE   (1ULL << 8)  /* a virtual SError is pending */
#define HCR_EL2_TWI   (1ULL << 13) /* trap WFI */
#define HCR_EL2_TID3  (1ULL << 18) /* trap the feature registers */
#define HCR_EL2_TSC   (1ULL << 19) /* trap SMC */
#define HCR_EL2_TIDCP (1ULL << 20) /* trap implementation-defined registers */
#define HCR_EL2_TACR  (1ULL << 21) /* trap ACTLR_EL1 */
#define HCR_EL2_TSW   (1ULL << 22) /* trap cache maintenance by set/way */
#define HCR_EL2_RW    (1ULL << 31) /* EL1 is AArch64 */
#define HCR_EL2_TLOR  (1ULL << 35) /* trap LORegion registers */
#define HCR_EL2_TERR  (1ULL << 36) /* trap error record registers */
#define HCR_EL2_APK   (1ULL << 40) /* don't trap pointer authentication keys */
#define HCR_EL2_API   (1ULL << 41) /* don't trap pointer authentication instructions */

#define CPTR_EL2_RES1 0x32ffULL
#define CPTR_EL2_TZ   (1ULL << 8)  /* trap SVE */
#define CPTR_EL2_TSM  (1ULL << 12) /* trap SME; RES1 without it */
#define CPTR_EL2_TAM  (1ULL << 30) /* trap activity monitors */
#define CPTR_EL2_TTA  (1ULL << 20) /* trap trace registers */

#define MPAM2_EL2_TRAPS (3ULL << 48) /* trap MPAM0_EL1 and MPAM1_EL1 */

#define MDCR_EL2_TPMS  (1ULL << 14) /* trap statistical profiling */
#define MDCR_EL2_TTRF  (1ULL << 19) /* trap trace filter registers */
#define MDCR_EL2_TPMCR (1ULL << 5)  /* trap PMCR_EL0 */
#define MDCR_EL2_TPM   (1ULL << 6)  /* trap all performance counters */
#define MDCR_EL2_TDA   (1ULL << 9)  /* trap debug registers */
#define MDCR_EL2_TDOSA (1ULL << 10) /* and those of the OS lock */
#define MDCR_EL2_TDRA  (1ULL << 11) /* and the debug ROM address */

#define CNTHCTL_EL2_EL1PCTEN (1ULL << 0) /* don't trap the physical counter */
#define CNTHCTL_EL2_EL1PCEN  (1ULL << 1) /* don't trap the physical timer */

#define TCR_EL2_RES1  (1ULL << 31 | 1ULL << 23)
#define TCR_EL2_IRGN0 (1ULL << 8)  /* table walks: inner write-back */
#define TCR_EL2_ORGN0 (1ULL << 10) /* outer write-back */
#define TCR_EL2_SH0   (3ULL << 12) /* inner shareable */
#define TCR_EL2_PS_40 (2ULL << 16) /* 40 bits of physical address */

#define SCTLR_EL2_RES1 0x30c50830ULL
#define SCTLR_EL2_M    (1ULL << 0)
#define SCTLR_EL2_C    (1ULL << 2)
#define SCTLR_EL2_SA   (1ULL << 3)
#define SCTLR_EL2_I    (1ULL << 12)
#define SCTLR_EL2_WXN  (1ULL << 19)

#define SCTLR_EL1_RESET 0x30d00800 /* only what is RES1: MMU and caches off, little endian */
#define SCTLR_EL1_SPAN  (1ULL << 23)
#define SCTLR_EL1_E0E   (1ULL << 24)
#define SCTLR_EL1_EE    (1ULL << 25)
#define SCTLR_EL1_DSSBS (1ULL << 44)

/* Stage 1 of a guest closed: the MMU on, and no walk through either TTBR (TCR_EL1.EPD0, EPD1). */
#define SCTLR_EL1_CLOSED (SCTLR_EL1_RESET | 1)
#define TCR_EL1_CLOSED   0x800080

#define SPSR_MODE_MASK  0xfULL
#define SPSR_EL0T       0x0ULL
#define SPSR_EL1H       0x5ULL
#define SPSR_EL1T       0x4ULL
#define SPSR_AARCH32    (1ULL << 4)
#define SPSR_AARCH32_E  (1ULL << 9) /* big-endian */
#define SPSR_AARCH32_IT 0x600fc00ULL
#define SPSR_DAIF       0x3c0ULL
#define SPSR_SSBS       (1ULL << 12)
#define SPSR_SS         (1ULL << 21) /* the next instruction is stepped */
#define SPSR_PAN        (1ULL << 22)
#define SPSR_FLAGS      0xf0000000ULL /* N, Z, C, V */
#define SPSR_DIT        (1ULL << 24)

#define MDSCR_EL1_SS   (1U << 0)  /* software step */
#define MDSCR_EL1_TDCC (1U << 12) /* trap EL0's accesses to the debug communication channel */
#define MDSCR_EL1_KDE  (1U << 13) /* debug exceptions from EL1, too */
#define MDSCR_EL1_MDE  (1U << 15) /* breakpoints and watchpoints */

#define MPIDR_AFFINITY 0xff00ffffffULL
#define MPIDR_RES1     (1ULL << 31)

#define ICC_SRE_SRE    1ULL
#define ICC_SRE_DFB    2ULL
#define ICC_SRE_DIB    4ULL
#define ICC_SRE_ENABLE 8ULL /* EL2: EL1 may use the system registers */

/* ESR_EL2. */
#define ESR_EC_SHIFT     26
#define ESR_EC_WFX       0x01
#define ESR_EC_CP15      0x03 /* AArch32's coprocessor registers: MRC, MCR */
#define ESR_EC_CP15_64   0x04 /* MRRC, MCRR */
#define ESR_EC_CP14      0x05
#define ESR_EC_CP14_LDC  0x06
#define ESR_EC_VECTOR    0x07 /* floating point, SIMD; AArch64's too */
#define ESR_EC_VMRS      0x08
#define ESR_EC_CP14_64   0x0c
#define ESR_EC_HVC64     0x16
#define ESR_EC_SMC64     0x17
#define ESR_EC_SYSTEM    0x18
#define ESR_EC_FETCH_LOW 0x20
#define ESR_EC_DATA_LOW  0x24
#define ESR_EC_COUNT     64
#define ESR_EC(esr)      ((esr) >> ESR_EC_SHIFT & 0x3f)
#define ESR_IL           (1ULL << 25) /* a 32-bit instruction */
#define ESR_ISS(esr)     ((esr)&0x1ffffff)

#ifndef __ASSEMBLER__

#include <stdint.h>

#define read_sysreg(name)                                                                          \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #name : "=r"(value_));                                         \
        value_;                                                                                    \
    })

#define write_sysreg(name, value)                                                                  \
    ({                                                                                             \
        uint64_t written_ = (value);                                                               \
        __asm__ volatile("msr " #name ", %x0" : : "rZ"(written_) : "memory");                      \
    })

/** The four bits of a feature register from @shift. */
#define id_field(name, shift) (read_sysreg(name) >> (shift)&0xf)

static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

/** Until all earlier accesses, cache and TLB maintenance are done for the whole inner shareable
 * domain. */
static inline void dsb_ish(void)
{
    __asm__ volatile("dsb ish" : : : "memory");
}

/** Until all earlier stores are done for the inner shareable domain. */
static inline void dsb_ishst(void)
{
    __asm__ volatile("dsb ishst" : : : "memory");
}

/** As dsb_ish, for the whole system, devices included. */
static inline void dsb_sy(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

/** No instruction stays in this CPU's instruction cache. */
static inline void ic_iallu(void)
{
    __asm__ volatile("ic iallu" : : : "memory");
}

/** Translates @address as a load at EL1 would; the outcome is in PAR_EL1 then. */
static inline void at_s1e1r(uint64_t address)
{
    __asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(address) : "memory");
}

#endif
#endif
