/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by system registers: every encoding there is, read and written, and by name those that would harm others.
 * Encodings: Arm DDI 0487, C5.1; MRS and MSR C6.2.
 */
#include "attack.h"
#include "fault.h"
#include "kit/gic.h"
#include "probe.h"

#define ENCODE(op0, op1, crn, crm, op2)                                                                                \
    ((uint32_t)(op0) << 19 | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 | (uint32_t)(crm) << 8 |                    \
     (uint32_t)(op2) << 5)
#define INSTRUCTION_MSR 0xd5000000U /* Xt is x0 */
#define INSTRUCTION_MRS 0xd5200000U

/** A register that is another's business. */
struct named_register {
    const char *name;
    uint32_t encoding;
    bool must_fault; /* else a write must at least change nothing */
};

static const struct named_register named_registers[] = {
    {"hcr-el2",      ENCODE(3, 4, 1,  1,  0), true },
    {"vttbr-el2",    ENCODE(3, 4, 2,  1,  0), true },
    {"vtcr-el2",     ENCODE(3, 4, 2,  1,  2), true },
    {"sctlr-el2",    ENCODE(3, 4, 1,  0,  0), true },
    {"vbar-el2",     ENCODE(3, 4, 12, 0,  0), true },
    {"cnthctl-el2",  ENCODE(3, 4, 14, 1,  0), true },
    {"cntvoff-el2",  ENCODE(3, 4, 14, 0,  3), true },
    {"ich-hcr-el2",  ENCODE(3, 4, 12, 11, 0), true },
    {"icc-sre-el2",  ENCODE(3, 4, 12, 9,  5), true },
    {"vmpidr-el2",   ENCODE(3, 4, 0,  0,  5), true },
    {"sctlr-el12",   ENCODE(3, 5, 1,  0,  0), true },
    {"scr-el3",      ENCODE(3, 6, 1,  1,  0), true },
    {"actlr-el1",    ENCODE(3, 0, 1,  0,  1), false},
    {"l2ctlr-el1",   ENCODE(3, 1, 11, 0,  2), false},
    {"l2ectlr-el1",  ENCODE(3, 1, 11, 0,  3), false},
    {"cpuactlr-el1", ENCODE(3, 1, 15, 2,  0), false},
    {"cpuectlr-el1", ENCODE(3, 1, 15, 2,  1), false},
    {"cbar-el1",     ENCODE(3, 1, 15, 3,  0), false},
    {"lorc-el1",     ENCODE(3, 0, 10, 4,  3), false},
    {"mpam1-el1",    ENCODE(3, 0, 10, 5,  0), false},
};

static uint64_t read_register(uint32_t encoding)
{
    return probe_instruction(INSTRUCTION_MRS | encoding, 0, 0);
}

static void write_register(uint32_t encoding, uint64_t value)
{
    (void)probe_instruction(INSTRUCTION_MSR | encoding, value, 0);
}

/** Reads it, writes its inverse, and looks whether that held. */
static void attack_named(const struct named_register *target)
{
    uint64_t before = read_register(target->encoding);
    bool read_refused = fault_happened();
    bool write_refused;
    bool changed = false;

    write_register(target->encoding, ~before);
    write_refused = fault_happened();
    if (!read_refused && !write_refused) {
        changed = read_register(target->encoding) != before;
        write_register(target->encoding, before);
    }
    attack_report(target->name, changed || (target->must_fault && !(read_refused && write_refused)),
                  "read %s, write %s", read_refused ? "refused" : "allowed",
                  write_refused ? "refused"
                  : changed     ? "changed it"
                                : "without effect");
}

/** The CPU's counter frequency is every VM's. */
static void attack_frequency(void)
{
    uint32_t encoding = ENCODE(3, 3, 14, 0, 0);
    uint64_t before = read_register(encoding);

    write_register(encoding, before ^ 1);
    attack_report("cntfrq", read_register(encoding) != before, "reads %u after a write of %u",
                  (unsigned)read_register(encoding), (unsigned)before ^ 1);
    write_register(encoding, before);
}

/** Without the system registers the interface of the GIC would be memory that is not there. */
static void attack_sre(void)
{
    uint32_t encoding = ENCODE(3, 0, 12, 12, 5);
    uint64_t before = read_register(encoding);

    write_register(encoding, 0);
    attack_report("icc-sre-el1", false, "survived, reads 0x%x after a write of 0", (unsigned)read_register(encoding));
    write_register(encoding, before);
    gic_cpu_start();
}

/** Registers whose change would end this program and prove nothing: its own translation, vectors, stack, flags. */
static bool is_own_state(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    if (op0 == 2)
        return crn == 0 && crm == 2 && op2 == 2; /* MDSCR_EL1: debug exceptions at this code */
    if (op1 == 0 && crn == 12 && crm == 11)
        return true; /* ICC_SGI*, ICC_DIR: the attack sgi-to-others */
    return (op1 == 0 && (crn == 1 || crn == 2 || crn == 4 || crn == 10 || crn == 13 || (crn == 12 && crm == 0))) ||
           (op1 == 3 && (crn == 4 || crn == 13));
}

/** Reads an encoding; writes back what was there, inverted and as it was. */
static void try_register(struct tally *tally, uint32_t encoding, bool write)
{
    uint64_t value = read_register(encoding);
    bool readable = !fault_happened();
    bool refused = !readable;

    if (write) {
        write_register(encoding, ~value);
        refused = refused && fault_happened();
        write_register(encoding, readable ? value : 0);
    }
    tally_step(tally, refused, encoding >> 5);
}

/** All registers of EL0 and EL1 (op1 0 to 3) or all of EL2, EL3 and secure EL1 (4 to 7). */
static void sweep(const char *name, unsigned first_op1, bool must_fail)
{
    struct tally tally = {0};

    for (uint32_t code = 0; code < 2U << 13; code++) {
        unsigned op0 = 2 + (code >> 13);
        unsigned op1 = first_op1 + (code >> 11 & 3);
        unsigned crn = code >> 7 & 15;
        unsigned crm = code >> 3 & 15;
        unsigned op2 = code & 7;

        try_register(&tally, ENCODE(op0, op1, crn, crm, op2), !is_own_state(op0, op1, crn, crm, op2));
    }
    if (must_fail)
        attack_must_fail(name, &tally);
    else
        attack_survived(name, &tally);
}

void attack_registers(void)
{
    for (unsigned i = 0; i < sizeof(named_registers) / sizeof(named_registers[0]); i++)
        attack_named(&named_registers[i]);
    attack_frequency();
    attack_sre();
    sweep("registers-el2-el3", 4, true);
    sweep("registers-el0-el1", 0, false);
    gic_cpu_start();
}
