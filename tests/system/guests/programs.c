/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel with programs at EL0, in AArch64, A32 and T32, that use what the hypervisor traps. A
 * program costs its kernel an exception at most. A line for each:
 *
 *     programs: NAME: ok
 *     programs: NAME: FAILED, WHAT
 *     programs: done
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/timer.h"
#include "user.h"

#define PROGRAM                                                                                    \
    UINT64_C(0x1000000) /* AArch32 has 32-bit addresses: below all memory of this VM               \
                         */
#define STACK (PROGRAM + MMU_PAGE_SIZE)

#define PSTATE_A64 0x3c0U /* interrupts masked */
#define PSTATE_A32 0x1d0U
#define PSTATE_T32 0x1f0U
#define PSTATE_EL1 0x3c5U
#define PSTATE_IT  0x600fc00U

#define EC_SVC32    0x11U
#define SCTLR_NTWI  (UINT64_C(1) << 16)
#define SCTLR_TSCXT (UINT64_C(1) << 20) /* trap SCXTNUM_EL0; RES1 without it */
#define CPACR_ALL   UINT64_C(0x3330000) /* SVE and SME too, where this kernel has them */
#define MAX_PROGRAM 8U

#define A32_SVC       0xef000000U
#define A32_FLAGS     0xe328f20fU /* msr apsr_nzcvq, #0xf0000000 */
#define A32_READ_APSR 0xe10f0000U /* mrs r0, apsr */
#define A64_SVC       0xd4000001U
#define T32(a, b)     ((uint32_t)(b) << 16 | (a))

enum outcome {
    /* the kernel takes an undefined-instruction exception at the program's first instruction */
    UNDEFINED,
    EXCEPTION,     /* or some other one */
    ENDS,          /* the program ends, x0 and x1 are as said ... */
    ENDS_ON_SHARED /* ... if the core is shared; else whatever happens */
};

static const struct program {
    const char *name;
    uint32_t pstate;
    enum outcome outcome;
    uint64_t x0, x1; /* begin as 1 and pstate */
    uint32_t code[MAX_PROGRAM];
} programs[] = {
    /* mrs x0, mdccsr_el0 */
    {"debug-status", PSTATE_A64, ENDS_ON_SHARED, 0, PSTATE_A64, {0xd5330100, A64_SVC}},
    /* mrs x0, s3_3_c15_c0_0 */
    {"implementation-defined", PSTATE_A64, UNDEFINED, 0, 0, {0xd53bf000, A64_SVC}},
    /* mrs x0, amcr_el0 */
    {"activity-monitors", PSTATE_A64, UNDEFINED, 0, 0, {0xd53bd200, A64_SVC}},
    /* mrs x0, scxtnum_el0 */
    {"software-context-number", PSTATE_A64, UNDEFINED, 0, 0, {0xd53bd0e0, A64_SVC}},
    /* mrs x0, pmccntr_el0 */
    {"cycle-counter", PSTATE_A64, EXCEPTION, 0, 0, {0xd53b9d00, A64_SVC}},
    /* mrs x0, tpidr2_el0 */
    {"second-thread-pointer", PSTATE_A64, EXCEPTION, 0, 0, {0xd53bd0a0, A64_SVC}},
    /* smstart */
    {"streaming-mode", PSTATE_A64, UNDEFINED, 0, 0, {0xd503477f, A64_SVC}},
    /* ld64b x0, [x1] */
    {"load-64-bytes", PSTATE_A64, UNDEFINED, 0, 0, {0xf83fd020, A64_SVC}},
    /* mrc p15, 0, r0, c9, c0, 0 */
    {"a32-implementation-defined", PSTATE_A32, UNDEFINED, 0, 0, {0xee190f10, A32_SVC}},
    {"a32-not-executed",
     PSTATE_A32,
     ENDS,
     1,
     PSTATE_A32,
     {0xe1500000, 0x1e190f10, A32_SVC}}, /* cmp r0, r0; mrcne p15
                                          */
    /* vmrs r0, mvfr0 */
    {"a32-vector-features", PSTATE_A32, UNDEFINED, 0, 0, {0xeef70a10, A32_SVC}},
    /* mrc p14, 1, r0, c0, c0, 0 */
    {"a32-trace", PSTATE_A32, UNDEFINED, 0, 0, {0xee300e10, A32_SVC}},
    /* mrc p14, 0, r0, c0, c0, 0 */
    {"a32-debug-id", PSTATE_A32, ENDS_ON_SHARED, 0, PSTATE_A32, {0xee100e10, A32_SVC}},
    /* mrrc p14, 0, r0, r1, c1 */
    {"a32-debug-rom", PSTATE_A32, ENDS_ON_SHARED, 0, 0, {0xec510e01, A32_SVC}},
    /* mrc p14, 0, apsr_nzcv, c0, c0, 0 */
    {"a32-debug-id-as-flags",
     PSTATE_A32,
     ENDS_ON_SHARED,
     0x1d0,
     PSTATE_A32,
     {A32_FLAGS, 0xee10fe10, A32_READ_APSR, A32_SVC}},
    /* movs r1, #5; cmp r0, #0; ite ne; mrcne p14, 0, r0, c0, c0, 0; moveq r1, #7; svc */
    {"t32-debug-id-in-it",
     PSTATE_T32,
     ENDS_ON_SHARED,
     0,
     5,
     {T32(0x2105, 0x2800), T32(0xbf14, 0xee10), T32(0x0e10, 0x2107), T32(0xdf00, 0xbf00)}},
    /* movs r1, #5; wfi; svc. In no IT block: QEMU 10.0.2 traps WFI with PSTATE.IT of the
     * instruction behind it. */
    {"t32-wait", PSTATE_T32, ENDS, 1, 5, {T32(0x2105, 0xbf30), T32(0xdf00, 0xbf00)}},
    /* movs r1, #5; cmp r0, #0; ite eq; wfieq; movne r1, #7; svc */
    {"t32-no-wait-in-it",
     PSTATE_T32,
     ENDS,
     1,
     7,
     {T32(0x2105, 0x2800), T32(0xbf0c, 0xbf30), T32(0x2107, 0xdf00)}},
};

/* Those of features that this kernel may not have. */
static const struct program optional[] = {
    {"scalable-vectors", PSTATE_A64, UNDEFINED, 0, 0, {0x04bf5020, A64_SVC}}, /* rdvl x0, #1 */
    {"pointer-signing", PSTATE_A64, UNDEFINED, 0, 0, {0x9ac03000, A64_SVC}},  /* pacga x0, x0, x0 */
};

static uint8_t code[MMU_PAGE_SIZE] __attribute__((aligned(MMU_PAGE_SIZE)));
static uint8_t stack[MMU_PAGE_SIZE] __attribute__((aligned(MMU_PAGE_SIZE)));
static struct {
    uint64_t x0, x1, pc, pstate, esr;
} end;

static bool handle(struct exception_frame *frame)
{
    end.x0 = frame->x[0];
    end.x1 = frame->x[1];
    end.pc = frame->pc;
    end.pstate = frame->pstate;
    end.esr = frame->esr;
    frame->pc = (uint64_t)user_return;
    frame->pstate = PSTATE_EL1;
    return true;
}

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
}

static bool shares_core(void)
{
    return strstr(machine()->bootargs, "shared") != NULL;
}

static bool as_said(const struct program *program)
{
    unsigned class = EXCEPTION_CLASS(end.esr);
    bool ended = class == EXCEPTION_SVC64 || class == EC_SVC32;

    if (program->outcome == UNDEFINED) {
        return class == EXCEPTION_UNKNOWN && end.pc == PROGRAM && (end.pstate & PSTATE_IT) == 0;
    }
    if (program->outcome == EXCEPTION) {
        return !ended && end.pc == PROGRAM;
    }
    if (program->outcome == ENDS_ON_SHARED && !shares_core()) {
        return true;
    }
    return ended && end.x0 == program->x0 && end.x1 == program->x1 && (end.pstate & PSTATE_IT) == 0;
}

static void run(const struct program *program)
{
    memcpy(code, program->code, sizeof(program->code));
    for (uint64_t offset = 0; offset < sizeof(program->code); offset += 16) {
        __asm__ volatile("dc cvau, %0" : : "r"((uint64_t)code + offset) : "memory");
    }
    __asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(1000000)); /* ends its wait */
    user_enter(PROGRAM, program->pstate, 1, STACK);
    timer_stop(TIMER_VIRTUAL);
    if (as_said(program)) {
        printf("programs: %s: ok\n", program->name);
    } else {
        printf("programs: %s: FAILED, x0 %#" PRIx64 ", x1 %#" PRIx64 ", pc %#" PRIx64
               ", esr %#" PRIx64 "\n",
               program->name, end.x0, end.x1, end.pc, end.esr);
    }
}

int main(void)
{
    bool aarch32 =
        /* QEMU has debug registers only if EL1 has it, too */
        (SYSREG_READ(id_aa64pfr0_el1) >> 4 & 0xf) == 2;

    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    exception_set_handler(handle);
    (void)mmu_map(PROGRAM, (uint64_t)code, MMU_PAGE_SIZE, MMU_EXEC | MMU_USER);
    (void)mmu_map(STACK, (uint64_t)stack, MMU_PAGE_SIZE, MMU_WRITE | MMU_USER);
    SYSREG_WRITE(sctlr_el1, (SYSREG_READ(sctlr_el1) | SCTLR_NTWI) & ~SCTLR_TSCXT);
    SYSREG_WRITE(cpacr_el1, SYSREG_READ(cpacr_el1) | CPACR_ALL);
    __asm__ volatile("isb");
    for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (programs[i].pstate == PSTATE_A64 || aarch32) {
            run(&programs[i]);
        }
    }
    for (unsigned i = 0; shares_core() && i < sizeof(optional) / sizeof(optional[0]); i++) {
        run(&optional[i]);
    }
    printf("programs: done\n");
    return 0;
}
