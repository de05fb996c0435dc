/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes go through a window of two pages per core, far above all memory, and a page of code per
 * core.
 */
#include "kit/probe.h"

#include <stddef.h>

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/fault.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"

#define WINDOW_BASE (UINT64_C(1) << 46)
#define WINDOW_SIZE (8U * MMU_PAGE_SIZE) /* per core */
#define WINDOW_CODE (4U * MMU_PAGE_SIZE) /* the code page in it */
#define PAGE_MASK   ((uint64_t)MMU_PAGE_SIZE - 1)

#define INSTRUCTION_RET 0xd65f03c0U
#define INSTRUCTION_MSR 0xd5000000U /* Xt is x0 */
#define INSTRUCTION_MRS 0xd5200000U
#define MAX_OWN         64U
#define MAX_INTIDS      1024U

static uint32_t code[MACHINE_MAX_CPUS][MMU_PAGE_SIZE / 4] __attribute__((aligned(MMU_PAGE_SIZE)));
static struct fdt_range own[MAX_OWN];
static size_t own_count;
static bool own_intids[MAX_INTIDS];

static uint64_t window(unsigned cpu)
{
    return WINDOW_BASE + (uint64_t)cpu * WINDOW_SIZE;
}

/** Collects what the device tree gives this VM. */
static void own_read(void)
{
    const struct fdt *fdt = &machine()->fdt;

    for (int node = fdt_root(fdt); node != FDT_NONE; node = fdt_next(fdt, node)) {
        struct fdt_interrupt interrupt;
        struct fdt_range range;

        for (uint32_t i = 0; fdt_reg(fdt, node, i, &range) && own_count < MAX_OWN; i++) {
            if (range.size != 0) {
                own[own_count++] = range;
            }
        }
        for (uint32_t i = 0; fdt_interrupt(fdt, node, i, &interrupt); i++) {
            if (interrupt.intid < MAX_INTIDS) {
                own_intids[interrupt.intid] = true;
            }
        }
    }
}

void probe_start(unsigned cpu)
{
    if (own_count == 0) {
        own_read();
    }
    (void)mmu_map(window(cpu) + WINDOW_CODE, (uint64_t)code[cpu], MMU_PAGE_SIZE, MMU_EXEC);
}

/** A page is own if anything in it is: stage 2 grants whole pages. */
bool probe_is_own(uint64_t address)
{
    for (size_t i = 0; i < own_count; i++) {
        uint64_t start = own[i].start & ~PAGE_MASK;
        uint64_t end = (own[i].start + own[i].size + PAGE_MASK) & ~PAGE_MASK;

        if (address >= start && address < end) {
            return true;
        }
    }
    return false;
}

bool probe_is_own_interrupt(uint32_t intid)
{
    return intid < MAX_INTIDS && own_intids[intid];
}

uint64_t probe_window(uint64_t address, unsigned mmu_flags)
{
    uint64_t at = window(cpu_index());

    mmu_unmap(at, 2 * (uint64_t)MMU_PAGE_SIZE);
    (void)mmu_map(at, address & ~PAGE_MASK, 2 * (uint64_t)MMU_PAGE_SIZE, mmu_flags);
    return at + (address & PAGE_MASK);
}

bool probe_refused(uint64_t address, enum probe_kind kind)
{
    uint64_t at = probe_window(address, MMU_WRITE | MMU_EXEC);
    uint64_t value = 0;

    fault_clear();
    switch (kind) {
    case PROBE_READ:
        __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(at) : "memory");
        break;
    case PROBE_WRITE:
        __asm__ volatile("str wzr, [%0]\n\tdsb sy" : : "r"(at) : "memory");
        break;
    case PROBE_EXECUTE:
        fault_expect_fetch(at);
        ((void (*)(void))at)();
        break;
    }
    /* What was fetched and ran, if only into an undefined instruction, was not refused. */
    if (kind == PROBE_EXECUTE) {
        return fault_happened() && EXCEPTION_CLASS(fault_get()->esr) == EXCEPTION_FETCH_ABORT;
    }
    return fault_happened();
}

uint64_t probe_instruction(uint32_t instruction, uint64_t x0, uint64_t x1)
{
    uint32_t *place = code[cpu_index()];
    uint64_t at = window(cpu_index()) + WINDOW_CODE;

    place[0] = instruction;
    place[1] = INSTRUCTION_RET;
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %1\n\tdsb ish\n\tisb"
                     :
                     : "r"(place), "r"(at)
                     : "memory");
    fault_clear();
    return ((uint64_t(*)(uint64_t, uint64_t))at)(x0, x1);
}

bool probe_instruction_refused(uint32_t instruction, uint64_t x0, uint64_t x1)
{
    (void)probe_instruction(instruction, x0, x1);
    return fault_happened();
}

uint64_t probe_register_read(uint32_t encoding)
{
    return probe_instruction(INSTRUCTION_MRS | encoding, 0, 0);
}

void probe_register_write(uint32_t encoding, uint64_t value)
{
    (void)probe_instruction(INSTRUCTION_MSR | encoding, value, 0);
}

bool probe_register_is_own(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    if (op0 == 2) {
        return crn == 0 && crm == 2 && op2 == 2; /* MDSCR_EL1: debug exceptions at this code */
    }
    return (op1 == 0 && (crn == 1 || crn == 2 || crn == 4 || crn == 10 || crn == 13 ||
                         (crn == 12 && crm == 0))) ||
           (op1 == 3 && (crn == 4 || crn == 13));
}

const struct probe_access probe_accesses[PROBE_ACCESSES] = {
    {0xa9400801, false}, /* ldp x1, x2, [x0] */
    {0xa9000801, false}, /* stp x1, x2, [x0] */
    {0xb8404401, false}, /* ldr w1, [x0], #4 */
    {0xb8004c01, false}, /* str w1, [x0, #4]! */
    {0x885f7c01, false}, /* ldxr w1, [x0] */
    {PROBE_STXR, false}, /* stxr w2, w1, [x0] */
    {0xc87f8801, false}, /* ldaxp x1, x2, [x0] */
    {0x88dffc01, false}, /* ldar w1, [x0] */
    {0x889ffc01, false}, /* stlr w1, [x0] */
    {0x3dc00001, false}, /* ldr q1, [x0] */
    {0x3d800001, false}, /* str q1, [x0] */
    {0x4c407801, false}, /* ld1 {v1.4s}, [x0] */
    {0x4c000801, false}, /* st4 {v1.4s - v4.4s}, [x0] */
    {0x69400801, false}, /* ldpsw x1, x2, [x0] */
    {0xb8400801, false}, /* ldtr w1, [x0] */
    {PROBE_PRFM, false}, /* prfm pldl1keep, [x0] */
    {0xb8210002, true},  /* ldadd w1, w2, [x0] */
    {0xb8218002, true},  /* swp w1, w2, [x0] */
    {0x88a17c02, true},  /* cas w1, w2, [x0] */
};

bool probe_access_present(const struct probe_access *access)
{
    return !access->atomics || (SYSREG_READ(id_aa64isar0_el1) >> 20 & 0xf) != 0;
}
