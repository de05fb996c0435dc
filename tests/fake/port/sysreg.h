/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers and barriers of the fake machine. What bits mean is the engine's own sysreg.h.
 */
#ifndef FAKE_SYSREG_H
#define FAKE_SYSREG_H

#define __ASSEMBLER__
#include_next <sysreg.h>
#undef __ASSEMBLER__

#include <stdint.h>

/* Those of the interrupt controller go by their encodings (cpu_interface.h,
 * virtual_interface.h). */
#define REGISTER_LIST(each)                                                                        \
    each(S3_0_C0_C6_2) each(S3_0_C12_C11_1) each(S3_0_C12_C11_3) each(S3_0_C12_C11_5)              \
        each(S3_0_C12_C12_0) each(S3_0_C12_C12_1) each(S3_0_C12_C12_3) each(S3_0_C12_C12_4) each(  \
            S3_0_C12_C12_5) each(S3_0_C12_C12_7) each(S3_0_C12_C9_0) each(S3_0_C12_C9_1)           \
            each(S3_0_C12_C9_2) each(S3_0_C12_C9_3) each(S3_0_C4_C6_0) each(S3_4_C10_C5_0) each(   \
                S3_4_C12_C11_0) each(S3_4_C12_C11_1) each(S3_4_C12_C11_2) each(S3_4_C12_C11_5)     \
                each(S3_4_C12_C11_7) each(S3_4_C12_C12_0) each(S3_4_C12_C12_1) each(               \
                    S3_4_C12_C1_1) each(S3_4_C12_C8_0) each(S3_4_C12_C8_1) each(S3_4_C12_C8_2)     \
                    each(S3_4_C12_C8_3) each(S3_4_C12_C9_0) each(S3_4_C12_C9_1) each(              \
                        S3_4_C12_C9_2) each(S3_4_C12_C9_3) each(S3_4_C12_C9_5) each(S3_4_C1_C1_4)  \
                        each(S3_4_C1_C1_5) each(S3_4_C1_C1_6) each(S3_4_C1_C2_0) each(             \
                            S3_4_C1_C2_2) each(S3_4_C3_C1_4) each(S3_4_C3_C1_5) each(S3_4_C5_C2_3) \
                            each(cnthp_ctl_el2) each(cnthp_cval_el2) each(cntpct_el0) each(        \
                                cptr_el2) each(esr_el2) each(far_el2) each(hpfar_el2)              \
                                each(hstr_el2) each(id_aa64dfr0_el1) each(id_aa64isar1_el1) each(  \
                                    id_aa64mmfr0_el1) each(id_aa64mmfr1_el1) each(id_aa64pfr0_el1) \
                                    each(id_aa64pfr1_el1) each(mdcr_el2) each(mpidr_el1)           \
                                        each(oslar_el1) each(pmcntenclr_el0) each(pmcr_el0)        \
                                            each(pmintenclr_el1) each(pmovsclr_el0)                \
                                                each(pmuserenr_el0) each(vtcr_el2) each(vttbr_el2) \
                                                    each(vmpidr_el2)                               \
                                                        each(mdscr_el1) /* What context_save and   \
                                                                           context_load move. */   \
        each(hcr_el2) each(spsr_el2) each(cpacr_el1) each(ttbr0_el1) each(ttbr1_el1) each(elr_el2) \
            each(mair_el1) each(amair_el1) each(vbar_el1) each(contextidr_el1) each(tpidr_el0)     \
                each(tpidrro_el0) each(tpidr_el1) each(sp_el0) each(sp_el1) each(elr_el1)          \
                    each(spsr_el1) each(esr_el1) each(far_el1) each(afsr0_el1) each(afsr1_el1)     \
                        each(par_el1) each(csselr_el1) each(cntkctl_el1) each(cntv_cval_el0)       \
                            each(cntp_cval_el0) each(cntv_ctl_el0) each(cntp_ctl_el0)              \
                                each(sctlr_el1) each(tcr_el1)

#define REGISTER_NAME(name) REGISTER_##name,
enum machine_register { REGISTER_LIST(REGISTER_NAME) REGISTER_COUNT };

uint64_t register_read(enum machine_register number);
void register_write(enum machine_register number, uint64_t value);
void machine_point(void);

/* The engine's names may be macros. */
#define REGISTER_OF(name)         REGISTER_##name
#define REGISTER(name)            REGISTER_OF(name)
#define read_sysreg(name)         register_read(REGISTER(name))
#define write_sysreg(name, value) register_write(REGISTER(name), value)
#define id_field(name, shift)     (read_sysreg(name) >> (shift)&0xf)

static inline void isb(void)
{
}

/* What is stored is seen in the order of the program here: only what others do meanwhile is of
 * interest. */
static inline void dsb_ish(void)
{
    machine_point();
}

static inline void dsb_ishst(void)
{
    machine_point();
}

static inline void dsb_sy(void)
{
    machine_point();
}

static inline void ic_iallu(void)
{
}

/** Guests have their addresses one to one. */
static inline void at_s1e1r(uint64_t address)
{
    register_write(REGISTER_par_el1, address & 0xffffffffff000ULL);
}

#endif
