/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks from EL0: the same borders hold there, and nothing that EL0 does may reach the hypervisor
 * other than as a fault of this VM.
 */
#include "user.h"

#include "attack.h"
#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/fault.h"

#define USER_BASE   (UINT64_C(1) << 44)
#define USER_STRIDE UINT64_C(0x10000) /* per core: code, stack, foreign page */
#define USER_STACK  UINT64_C(0x1000)
#define USER_OTHER  UINT64_C(0x4000)

#define PSTATE_EL0    0x3c0U /* AArch64, interrupts masked */
#define PSTATE_EL1    0x3c5U
#define PSTATE_USER32 0x1d0U /* AArch32, A32, User mode */
#define EC_SVC32      0x11U

static uint32_t code[MACHINE_MAX_CPUS][MMU_PAGE_SIZE / 4] __attribute__((aligned(MMU_PAGE_SIZE)));
static char stacks[MACHINE_MAX_CPUS][MMU_PAGE_SIZE] __attribute__((aligned(MMU_PAGE_SIZE)));

/* x0 is the address of a foreign page. Each instruction but the last is to fault or to do no
 * harm. */
static const uint32_t code64[] = {
    0xb9400001, /* ldr w1, [x0] */
    0xb900001f, /* str wzr, [x0] */
    0xd4000002, /* hvc #0 */
    0xd4000003, /* smc #0 */
    0xd50343df, /* msr daifset, #3 */
    0xd5381000, /* mrs x0, sctlr_el1 */
    0xd538d080, /* mrs x0, tpidr_el1 */
    0xd508871f, /* tlbi vmalle1 */
    0xd508751f, /* ic iallu */
    0xd5087e40, /* dc cisw, x0 */
    0xd53be020, /* mrs x0, cntpct_el0 */
    0xd51be000, /* msr cntfrq_el0, x0 */
    0xd53b9c00, /* mrs x0, pmcr_el0 */
    0xd69f03e0, /* eret */
    0xd4a00001, /* dcps1 */
    0x00000000, /* udf #0 */
    0xd4000001, /* svc #0 */
};

/* The same in A32. */
static const uint32_t code32[] = {
    0xe5901000, /* ldr r1, [r0] */
    0xe5801000, /* str r1, [r0] */
    0xe1400070, /* hvc #0 */
    0xe1600070, /* smc #0 */
    0xee110f10, /* mrc p15, 0, r0, c1, c0, 0: SCTLR */
    0xee190f10, /* mrc p15, 0, r0, c9, c0, 0: implementation defined */
    0xee1a0f10, /* mrc p15, 0, r0, c10, c0, 0 */
    0xee1b0f10, /* mrc p15, 0, r0, c11, c0, 0 */
    0xee1f0f10, /* mrc p15, 0, r0, c15, c0, 0 */
    0xee0e0f10, /* mcr p15, 0, r0, c14, c0, 0: CNTFRQ */
    0xee070f5e, /* mcr p15, 0, r0, c7, c14, 2: DCCISW */
    0xee080f17, /* mcr p15, 0, r0, c8, c7, 0: TLBIALL */
    0xee100e10, /* mrc p14, 0, r0, c0, c0, 0: DBGDIDR */
    0xee190f1c, /* mrc p15, 0, r0, c9, c12, 0: PMCR */
    0xeef70a10, /* vmrs r0, mvfr0 */
    0xe10f0000, /* mrs r0, cpsr */
    0xe7f000f0, /* udf #0 */
    0xef000000, /* svc #0 */
};

bool user_leave(struct exception_frame *frame)
{
    frame->pc = (uint64_t)user_return;
    frame->pstate = PSTATE_EL1;
    return true;
}

bool user_returned(struct exception_frame *frame)
{
    unsigned exception_class = EXCEPTION_CLASS(frame->esr);

    return (exception_class == EXCEPTION_SVC64 || exception_class == EC_SVC32) && user_leave(frame);
}

static void run(const char *name, const uint32_t *instructions, unsigned count, uint64_t base,
                uint64_t pstate)
{
    uint32_t *place = code[cpu_index()];
    uint64_t foreign = machine()->memory[0].start + machine()->memory[0].size;

    for (unsigned i = 0; i < count; i++) {
        place[i] = instructions[i];
    }
    mmu_unmap(base, USER_STRIDE);
    (void)mmu_map(base, (uint64_t)place, MMU_PAGE_SIZE, MMU_EXEC | MMU_USER);
    (void)mmu_map(base + USER_STACK, (uint64_t)stacks[cpu_index()], MMU_PAGE_SIZE,
                  MMU_WRITE | MMU_USER);
    (void)mmu_map(base + USER_OTHER, foreign, MMU_PAGE_SIZE, MMU_WRITE | MMU_USER);
    for (uint64_t offset = 0; offset < MMU_PAGE_SIZE; offset += 16) {
        __asm__ volatile("dc cvau, %0" : : "r"((uint64_t)place + offset) : "memory");
    }
    __asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
    fault_clear();
    user_enter(base, pstate, base + USER_OTHER, base + USER_STACK + MMU_PAGE_SIZE);
    attack_report(name, fault_get()->count < 2, "survived, %u instructions, %u faults", count,
                  (unsigned)fault_get()->count);
}

void attack_user_mode(void)
{
    uint64_t base = USER_BASE + cpu_index() * USER_STRIDE;

    run("user-mode", code64, sizeof(code64) / sizeof(code64[0]), base, PSTATE_EL0);
    if ((SYSREG_READ(id_aa64pfr0_el1) & 0xf) == 2) {
        /* AArch32 has 32-bit addresses: below all memory of this VM. */
        base = UINT64_C(0x1000000) + cpu_index() * USER_STRIDE;
        run("user-mode-aarch32", code32, sizeof(code32) / sizeof(code32[0]), base, PSTATE_USER32);
    }
}
