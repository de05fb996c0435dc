/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel that debugs itself and its programs: breakpoints, watchpoints, software step. All VMs of
 * a core have the same virtual addresses, and points of their own there. Boot arguments, with their
 * defaults:
 *
 *     seed=1          tells what several VMs do apart
 *     rounds=100      how often points are set, others run, and looked what then happens
 *     reset=0         1: then resets itself, instead of going off
 *
 * A line for each:
 *
 *     debug: NAME: ok
 *     debug: NAME: FAILED, WHAT
 *     debug: done
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../../guests/kit/gic_registers.h"
#include "debug/code.h"
#include "debug/points.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/psci.h"
#include "kit/sysreg.h"
#include "kit/timer.h"
#include "user.h"

#define PROGRAM                                                                                    \
    UINT64_C(0x1000000) /* AArch32 has 32-bit addresses: below all memory of this VM               \
                         */
#define STACK (PROGRAM + MMU_PAGE_SIZE)

#define PSTATE_SS    (UINT64_C(1) << 21)
#define PSTATE_EL1   0x1c5U /* interrupts masked, debug exceptions not */
#define PSTATE_EL0   0x1c0U
#define PSTATE_A32   0x1d0U
#define PSTATE_LEAVE 0x3c5U

#define EC_SVC32          0x11U
#define EC_BREAKPOINT     0x31U
#define EC_STEP_LOWER     0x32U
#define EC_STEP           0x33U
#define EC_WATCHPOINT     0x35U
#define OSLSR_UNLOCKED    8U
#define OSLSR_LOCKED      10U
#define MOST              64U
#define HYPERVISOR_STARTS UINT64_C(0x7f80000000) /* abi/el2_map.h: its addresses, of 2 GB */

/* What has happened since the last `begin`. */
static struct {
    unsigned steps, breakpoints, watchpoints, undefined, others;
    uint64_t pc[MOST]; /* after each step */
    uint64_t pc_point, far, pstate;
} seen;

static bool lets_run; /* others, before a piece and at each step */
static uint64_t seed;
static uint64_t random_state;
static uint64_t word[2] __attribute__((aligned(16)));
static uint8_t code[MMU_PAGE_SIZE] __attribute__((aligned(MMU_PAGE_SIZE)));
static uint8_t stack[MMU_PAGE_SIZE] __attribute__((aligned(MMU_PAGE_SIZE)));

static uint64_t next_random(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random_state >> 33;
}

static void let_run(void)
{
    if (hypercall_present()) {
        (void)hypercall(HC_YIELD, 0, 0, 0);
    }
}

static void __attribute__((format(printf, 3, 4)))
report(const char *name, bool right, const char *what, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, what);
    (void)vsnprintf(text, sizeof(text), what, arguments);
    va_end(arguments);
    if (right) {
        printf("debug: %s: ok\n", name);
    } else {
        printf("debug: %s: FAILED, %s\n", name, text);
    }
}

static bool handle(struct exception_frame *frame)
{
    switch (EXCEPTION_CLASS(frame->esr)) {
    case EC_STEP:
    case EC_STEP_LOWER:
        if (seen.steps < MOST) {
            seen.pc[seen.steps] = frame->pc;
        }
        seen.steps++;
        frame->pstate |= PSTATE_SS;
        if (lets_run) {
            let_run();
        }
        return true;
    case EC_BREAKPOINT:
        seen.breakpoints++;
        seen.pc_point = frame->pc;
        SYSREG_WRITE(mdscr_el1, 0);
        return true;
    case EC_WATCHPOINT:
        seen.watchpoints++;
        seen.pc_point = frame->pc;
        seen.far = frame->far;
        SYSREG_WRITE(mdscr_el1, 0);
        return true;
    case EXCEPTION_UNKNOWN:
        seen.undefined++;
        seen.pstate = frame->pstate;
        frame->pc += 4;
        frame->pstate &= ~PSTATE_SS;
        return true;
    case EXCEPTION_SVC64:
    case EC_SVC32:
        break;
    default:
        seen.others++;
        break;
    }
    frame->pc = (uint64_t)user_return;
    frame->pstate = PSTATE_LEAVE;
    return true;
}

/** Runs @piece with @pstate and MDSCR_EL1 as @mdscr, until its SVC. */
static void run(const void *piece, uint64_t pstate, uint64_t x0, uint64_t mdscr)
{
    memset(&seen, 0, sizeof(seen));
    SYSREG_WRITE(mdscr_el1, mdscr);
    __asm__ volatile("isb" : : : "memory");
    if (lets_run) {
        let_run();
    }
    user_enter((uint64_t)piece, pstate, x0, STACK + MMU_PAGE_SIZE);
    SYSREG_WRITE(mdscr_el1, 0);
    __asm__ volatile("isb" : : : "memory");
}

/** Whether each instruction from @start to @end was stepped once, in order. */
static bool stepped(uint64_t start, uint64_t end)
{
    unsigned count = (unsigned)(end - start) / 4;

    for (unsigned i = 0; i < count && i < MOST; i++) {
        if (seen.pc[i] != start + 4 * (i + 1)) {
            return false;
        }
    }
    return seen.steps == count && seen.others == 0;
}

static void step(const char *name, const char *start, const char *end, uint64_t x0)
{
    timer_set(TIMER_VIRTUAL, timer_now()); /* ends a wait */
    run(start, PSTATE_EL1 | PSTATE_SS, x0, MDSCR_SS | MDSCR_KDE);
    timer_stop(TIMER_VIRTUAL);
    report(name, stepped((uint64_t)start, (uint64_t)end) && seen.undefined == 0,
           "%u steps, the last to +%" PRIu64, seen.steps,
           seen.pc[(seen.steps + MOST - 1) % MOST] - (uint64_t)start);
}

static void step_program(const char *name, uint64_t pstate, const uint32_t *instructions,
                         unsigned count)
{
    memcpy(code, instructions, count * sizeof(*instructions));
    for (uint64_t offset = 0; offset < count * sizeof(*instructions); offset += 16) {
        __asm__ volatile("dc cvau, %0" : : "r"((uint64_t)code + offset) : "memory");
    }
    __asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
    run((const void *)PROGRAM, pstate | PSTATE_SS, 0, MDSCR_SS);
    report(name,
           stepped(PROGRAM, PROGRAM + 4 * (count - 1)) &&
               (seen.undefined == 0 || (seen.pstate & PSTATE_SS) != 0),
           "%u steps, %u undefined, pstate %#" PRIx64, seen.steps, seen.undefined, seen.pstate);
}

static void steps(void)
{
    static const uint32_t program[] = {
        0xd503201f, /* nop */
        0xd5330100, /* mrs x0, mdccsr_el0 */
        0xd53bf000, /* mrs x0, s3_3_c15_c0_0: undefined, and the step that is open stays so */
        0xd503201f, /* nop */
        0xd4000001, /* svc #0 */
    };
    static const uint32_t program32[] = {
        0xe1500000, /* cmp r0, r0 */
        0xee100e10, /* mrc p14, 0, r0, c0, c0, 0 */
        0x1e100e10, /* mrcne p14, 0, r0, c0, c0, 0 */
        0xe320f003, /* wfi */
        0xef000000, /* svc #0 */
    };
    const struct info_channel *bell = channel_open("bell");

    step("step", code_here, code_here + 4, 0);
    step("step-traps", code_traps, code_traps_end, 0);
    if (machine()->cpu_count > 1 && machine()->gic_version == 2) {
        step("step-sgi", code_sends_v2, code_sends_v2_end, machine()->gicd.start + GICD_SGIR);
    } else if (machine()->cpu_count > 1) {
        step("step-sgi", code_sends, code_sends_end, 0);
    }
    if (bell != NULL) {
        step("step-doorbell", code_rings, code_rings_end, bell->peers[0].doorbell);
    }
    step_program("step-program", PSTATE_EL0, program, sizeof(program) / sizeof(program[0]));
    /* QEMU has these registers only if EL1 has AArch32, too */
    if ((SYSREG_READ(id_aa64pfr0_el1) >> 4 & 0xf) == 2) {
        timer_set(TIMER_VIRTUAL, timer_now());
        step_program("step-program-32", PSTATE_A32, program32,
                     sizeof(program32) / sizeof(program32[0]));
        timer_stop(TIMER_VIRTUAL);
    }
    lets_run = true;
    step("step-others-run", code_traps, code_traps_end, 0);
    lets_run = false;
}

/** The state after a reset. */
static void starts(void)
{
    uint64_t lock = SYSREG_READ(oslsr_el1);

    run(code_here, PSTATE_EL1 | PSTATE_SS, 0, MDSCR_SS | MDSCR_KDE);
    report("os-lock", lock == OSLSR_LOCKED && seen.steps == 0, "OSLSR %" PRIu64 ", %u steps", lock,
           seen.steps);
    SYSREG_WRITE(oslar_el1, 0);
    __asm__ volatile("isb" : : : "memory");
    report("os-unlock", SYSREG_READ(oslsr_el1) == OSLSR_UNLOCKED, "OSLSR %" PRIu64,
           SYSREG_READ(oslsr_el1));
}

/** A value for a point that is off. */
static uint64_t pattern(uint64_t round, enum point_kind kind, unsigned n)
{
    return seed << 32 | (round & 0xffff) << 16 | (uint64_t)kind << 12 | (uint64_t)n << 4;
}

static bool points_are(const uint64_t (*values)[16], const uint64_t (*controls)[16])
{
    for (unsigned kind = BREAKPOINT; kind <= WATCHPOINT; kind++) {
        for (unsigned n = 0; n < points_count(kind); n++) {
            if (points_value(kind, n) != values[kind][n] ||
                points_control(kind, n) != controls[kind][n]) {
                return false;
            }
        }
    }
    return true;
}

static bool run_round(uint64_t round)
{
    uint64_t values[2][16], controls[2][16] = {0};
    bool on = next_random() % 2 == 0, here = next_random() % 2 == 0, low = next_random() % 2 == 0;
    uint64_t mdscr = on ? MDSCR_MDE | MDSCR_KDE : 0;
    bool right;

    for (unsigned kind = BREAKPOINT; kind <= WATCHPOINT; kind++) {
        for (unsigned n = 0; n < points_count(kind); n++) {
            values[kind][n] = pattern(round, kind, n);
        }
    }
    unsigned n = (unsigned)next_random() % points_count(BREAKPOINT);
    values[BREAKPOINT][n] = (uint64_t)(here ? code_here : code_there);
    controls[BREAKPOINT][n] = BREAKPOINT_ON;
    n = (unsigned)next_random() % points_count(WATCHPOINT);
    values[WATCHPOINT][n] = (uint64_t)&word[low ? 0 : 1];
    controls[WATCHPOINT][n] = WATCHPOINT_ON;
    for (unsigned kind = BREAKPOINT; kind <= WATCHPOINT; kind++) {
        for (n = 0; n < points_count(kind); n++) {
            points_write(kind, n, values[kind][n], controls[kind][n]);
        }
    }
    SYSREG_WRITE(mdscr_el1, mdscr);
    let_run();
    right = SYSREG_READ(mdscr_el1) == mdscr && points_are(values, controls);
    run(code_here, PSTATE_EL1, 0, mdscr);
    right &= seen.breakpoints == (on && here) && seen.watchpoints == 0 && seen.others == 0;
    right &= seen.breakpoints == 0 || seen.pc_point == (uint64_t)code_here;
    run(code_there, PSTATE_EL1, 0, mdscr);
    right &= seen.breakpoints == (on && !here) && seen.watchpoints == 0 && seen.others == 0;
    for (unsigned i = 0; i < 2; i++) {
        run(code_store, PSTATE_EL1, (uint64_t)&word[i], mdscr);
        right &= seen.watchpoints == (on && low == (i == 0)) && seen.breakpoints == 0 &&
                 seen.others == 0;
        right &= seen.watchpoints == 0 || seen.far == (uint64_t)&word[i];
    }
    return right;
}

static void rounds(uint64_t count)
{
    uint64_t round = 0;

    lets_run = true;
    while (round < count && run_round(round)) {
        round++;
    }
    lets_run = false;
    report("points", round == count, "round %" PRIu64 ": %u breakpoints, %u watchpoints", round,
           seen.breakpoints, seen.watchpoints);
}

/** Points that match whatever the hypervisor executes and writes, at its level: of no effect
 * there. */
static void points_of_the_hypervisor(void)
{
    unsigned last = points_count(BREAKPOINT) - 1;

    memset(&seen, 0, sizeof(seen));
    for (unsigned n = 0; n <= last; n++) {
        points_write(BREAKPOINT, n, HYPERVISOR_STARTS + 0x80 * n, BREAKPOINT_ON | POINT_HIGHER);
    }
    points_write(WATCHPOINT, 0, HYPERVISOR_STARTS, WATCHPOINT_ON | POINT_HIGHER | WATCHPOINT_2GB);
    SYSREG_WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE | MDSCR_SS);
    __asm__ volatile("isb" : : : "memory");
    for (unsigned i = 0; i < 100; i++) {
        let_run();
    }
    SYSREG_WRITE(mdscr_el1, 0);
    report("points-of-the-hypervisor",
           seen.breakpoints + seen.watchpoints + seen.steps + seen.others == 0, "taken");
}

/** One that this CPU doesn't have is undefined, as on the bare machine. */
static void absent(void)
{
    if (points_count(BREAKPOINT) == 16) {
        return;
    }
    memset(&seen, 0, sizeof(seen));
    (void)points_value(BREAKPOINT, 15);
    report("absent", seen.undefined == 1, "%u undefined", seen.undefined);
}

int main(void)
{
    seed = machine_argument("seed", 1);
    random_state = seed;
    code_device = machine()->gicd.start + 4;
    exception_set_handler(handle);
    (void)mmu_map(PROGRAM, (uint64_t)code, MMU_PAGE_SIZE, MMU_EXEC | MMU_USER);
    (void)mmu_map(STACK, (uint64_t)stack, MMU_PAGE_SIZE, MMU_WRITE | MMU_USER);
    starts();
    steps();
    rounds(machine_argument("rounds", 100));
    points_of_the_hypervisor();
    absent();
    steps();
    printf("debug: done\n");
    if (machine_argument("reset", 0) != 0) {
        psci_system_reset();
    }
    return 0;
}
