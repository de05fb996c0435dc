/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by maintenance: caches by set and way (the hypervisor must keep them from other VMs'
 * lines), floods of broadcast TLB and instruction-cache invalidation, cache operations and address
 * translations of foreign addresses.
 */
#include "attack.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/fault.h"
#include "kit/probe.h"

/* SYS instructions (Arm DDI 0487, C5.3 to C5.5); Xt is x0. */
#define SYS(op1, crn, crm, op2)                                                                    \
    (0xd5080000U | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 | (uint32_t)(crm) << 8 |          \
     (uint32_t)(op2) << 5)
#define DC_ISW            SYS(0, 7, 6, 2)
#define DC_CSW            SYS(0, 7, 10, 2)
#define DC_CISW           SYS(0, 7, 14, 2)
#define DC_IVAC           SYS(0, 7, 6, 1)
#define DC_ZVA            SYS(3, 7, 4, 1)
#define DC_CVAC           SYS(3, 7, 10, 1)
#define DC_CIVAC          SYS(3, 7, 14, 1)
#define IC_IALLU          SYS(0, 7, 5, 0)
#define IC_IALLUIS        SYS(0, 7, 1, 0)
#define TLBI_VMALLE1IS    SYS(0, 8, 3, 0)
#define TLBI_VMALLE1      SYS(0, 8, 7, 0)
#define TLBI_VAALE1IS     SYS(0, 8, 3, 7)
#define TLBI_ALLE1        SYS(4, 8, 7, 4)
#define TLBI_ALLE1IS      SYS(4, 8, 3, 4)
#define TLBI_ALLE2IS      SYS(4, 8, 3, 0)
#define TLBI_VMALLS12E1IS SYS(4, 8, 3, 6)
#define TLBI_IPAS2E1IS    SYS(4, 8, 0, 1)
#define AT_S1E1R          SYS(0, 7, 8, 0)
#define AT_S1E1W          SYS(0, 7, 8, 1)
#define AT_S1E0R          SYS(0, 7, 8, 2)
#define AT_S1E2R          SYS(4, 7, 8, 0)
#define AT_S12E1R         SYS(4, 7, 8, 4)
#define AT_S12E1W         SYS(4, 7, 8, 5)

#define SETS        256U
#define WAYS        4U
#define LEVELS      3U
#define FLOOD_STEPS 20000U

/** All sets and ways of three levels (the operand: D7.5.10; 64-byte lines, four ways). */
static void set_way(const char *name, uint32_t instruction)
{
    struct tally tally = {0};

    for (uint64_t level = 0; level < LEVELS; level++) {
        for (uint64_t set = 0; set < SETS; set++) {
            for (uint64_t way = 0; way < WAYS; way++) {
                uint64_t operand = way << 30 | set << 6 | level << 1;

                tally_step(&tally, probe_instruction_refused(instruction, operand, 0), operand);
            }
        }
    }
    attack_survived(name, &tally);
}

static void flood(const char *name, uint32_t instruction)
{
    struct tally tally = {0};

    for (uint64_t i = 0; i < FLOOD_STEPS; i++) {
        tally_step(&tally, probe_instruction_refused(instruction, i, 0), i);
    }
    attack_survived(name, &tally);
}

/** Instructions of EL2: none may work. */
static void of_el2(void)
{
    static const uint32_t instructions[] = {TLBI_ALLE1,        TLBI_ALLE1IS,   TLBI_ALLE2IS,
                                            TLBI_VMALLS12E1IS, TLBI_IPAS2E1IS, AT_S1E2R,
                                            AT_S12E1R,         AT_S12E1W};
    struct tally tally = {0};

    for (unsigned i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
        tally_step(&tally, probe_instruction_refused(instructions[i], 0, 0), instructions[i]);
    }
    attack_must_fail("maintenance-of-el2", &tally);
}

/** Cache operations at addresses of others; DC ZVA is a write and must fault. */
static void foreign_lines(void)
{
    static const uint32_t instructions[] = {DC_CVAC, DC_CIVAC, DC_IVAC};
    struct tally zero = {0};
    struct tally others = {0};

    for (uint64_t address = 0; address < UINT64_C(1) << 32; address += UINT64_C(16) << 20) {
        uint64_t at;

        if (probe_is_own(address)) {
            continue;
        }
        at = probe_window(address, MMU_WRITE);
        tally_step(&zero, probe_instruction_refused(DC_ZVA, at, 0), address);
        for (unsigned i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
            tally_step(&others, probe_instruction_refused(instructions[i], at, 0), address);
        }
    }
    attack_must_fail("dc-zva-foreign-memory", &zero);
    attack_survived("dc-foreign-memory", &others);
}

/** Address translation says where stage 1 leads, and nothing of stage 2 but that it failed. */
static void translations(void)
{
    static const uint32_t instructions[] = {AT_S1E1R, AT_S1E1W, AT_S1E0R};
    struct tally tally = {0};

    for (uint64_t address = 0; address < UINT64_C(1) << 32; address += UINT64_C(64) << 20) {
        uint64_t at = probe_window(address, MMU_WRITE);

        for (unsigned i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
            tally_step(&tally, probe_instruction_refused(instructions[i], at, 0), address);
        }
    }
    attack_survived("address-translation", &tally);
}

/** Stage-1 tables at places of others: the walk itself must be stopped by stage 2. */
static void foreign_tables(void)
{
    uint64_t foreign = machine()->memory[0].start + machine()->memory[0].size;
    uint64_t at = UINT64_C(1) << 45; /* not mapped by anything here */
    uint64_t root;
    uint64_t result;

    /* A table entry of our own that points to foreign memory as the next table. */
    __asm__ volatile("mrs %0, ttbr0_el1" : "=r"(root));
    ((volatile uint64_t *)root)[at >> 39] = foreign | 3;
    fault_clear();
    __asm__ volatile("dsb ish\n\tisb\n\tldr %w0, [%1]" : "=r"(result) : "r"(at) : "memory");
    attack_report("tables-in-foreign-memory", !fault_happened(), "abort at 0x%llx, syndrome 0x%x",
                  (unsigned long long)fault_get()->far, (unsigned)fault_get()->esr);
    ((volatile uint64_t *)root)[at >> 39] = 0;
    __asm__ volatile("dsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" : : : "memory");
}

void attack_maintenance(void)
{
    set_way("dc-isw", DC_ISW);
    set_way("dc-csw", DC_CSW);
    set_way("dc-cisw", DC_CISW);
    flood("tlbi-vmalle1is-flood", TLBI_VMALLE1IS);
    flood("tlbi-vmalle1-flood", TLBI_VMALLE1);
    flood("tlbi-vaale1is-flood", TLBI_VAALE1IS);
    flood("ic-ialluis-flood", IC_IALLUIS);
    flood("ic-iallu-flood", IC_IALLU);
    of_el2();
    foreign_lines();
    translations();
    foreign_tables();
}
