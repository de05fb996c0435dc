/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions, IT blocks, and coprocessors of AArch32 code at EL0.
 */
#include "aarch32.h"
#include "guest_state.h"

#include "cpu.h"
#include "exits.h"
#include "sysreg.h"
#include "vcpu.h"

/* ESR_EL2.ISS of a trapped access to a coprocessor. */
#define ISS_READ         1U
#define ISS_REG(esr)     ((unsigned)((esr) >> 5) & 0x1f)
#define ISS_REG2(esr)    ((unsigned)((esr) >> 10) & 0x1f) /* MRRC, MCRR */
#define ISS_OPC1(esr)    ((unsigned)((esr) >> 14) & 7)    /* MRC, MCR */
#define ISS_OPC1_64(esr) ((unsigned)((esr) >> 16) & 0xf)  /* MRRC, MCRR */
/* in place of a register: MRC to APSR_nzcv */
#define ISS_FLAGS 31U

#define ISS_CV              (1U << 24) /* the next is valid */
#define ISS_CONDITION(esr)  ((unsigned)((esr) >> 20) & 0xf)
#define CONDITION_ALWAYS    0xeU
#define CONDITION_FLAG(bit) ((spsr >> (bit)&1) != 0)

/** PSTATE.IT: SPSR_EL2[15:10] are its upper six bits, SPSR_EL2[26:25] its lower two. */
static unsigned it_state(uint64_t spsr)
{
    return (unsigned)((spsr >> 8 & 0xfc) | (spsr >> 25 & 3));
}

void aarch32_skip_instruction(void)
{
    /* a step is done, as by an instruction that is executed */
    uint64_t spsr = read_sysreg(spsr_el2) & ~SPSR_SS;
    uint64_t size = 4;

    if ((spsr & SPSR_AARCH32) != 0) {
        unsigned it = it_state(spsr);
        it = (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
        spsr = (spsr & ~SPSR_AARCH32_IT) | (uint64_t)(it & 0xfc) << 8 | (uint64_t)(it & 3) << 25;
        size = (read_sysreg(esr_el2) & ESR_IL) != 0 ? 4 : 2;
    }
    write_sysreg(spsr_el2, spsr);
    write_sysreg(elr_el2, read_sysreg(elr_el2) + size);
}

/** The condition of the instruction of @esr, trapped with @spsr. */
static unsigned condition_of(uint64_t esr, uint64_t spsr)
{
    unsigned it = it_state(spsr);

    if ((esr & ISS_CV) != 0) {
        return ISS_CONDITION(esr);
    }
    return (it & 0xf) == 0 ? CONDITION_ALWAYS : it >> 4; /* only T32 leaves the condition out */
}

bool aarch32_condition_holds(uint64_t esr)
{
    uint64_t spsr = read_sysreg(spsr_el2);
    unsigned condition = condition_of(esr, spsr);
    bool n = CONDITION_FLAG(31);
    bool z = CONDITION_FLAG(30);
    bool c = CONDITION_FLAG(29);
    bool v = CONDITION_FLAG(28);
    /* EQ, CS, MI, VS, HI, GE, GT, AL; an odd condition is the opposite of the even one before
     * it. */
    const bool holds[] = {z, c, n, v, c && !z, n == v, n == v && !z, true};

    if ((spsr & SPSR_AARCH32) == 0 || condition >= CONDITION_ALWAYS) {
        return true;
    }
    return holds[condition >> 1] == ((condition & 1) == 0);
}

/** Whether @esr tells of a debug register: those of trace, and others of CP14, have another opc1.
 */
static bool is_debug_register(uint64_t esr)
{
    switch (ESR_EC(esr)) {
    case ESR_EC_CP14:
        return ISS_OPC1(esr) == 0;
    case ESR_EC_CP14_64:
        return ISS_OPC1_64(esr) == 0;
    default:
        return false;
    }
}

void coprocessor_exit(uint64_t esr)
{
    if (!aarch32_condition_holds(esr)) {
        aarch32_skip_instruction();
        return;
    }
    if (!this_cpu.shared || !is_debug_register(esr)) {
        guest_fault_exit(esr);
        return;
    }
    /* At EL0 only the channel to an external debugger, of which there is none, and what there
     * is: they read as 0. */
    if ((esr & ISS_READ) != 0) {
        vcpu_set_register(ISS_REG(esr), 0);
        if (ESR_EC(esr) == ESR_EC_CP14_64) {
            vcpu_set_register(ISS_REG2(esr), 0);
        } else if (ISS_REG(esr) == ISS_FLAGS) {
            write_sysreg(spsr_el2, read_sysreg(spsr_el2) & ~SPSR_FLAGS);
        }
    }
    aarch32_skip_instruction();
}
