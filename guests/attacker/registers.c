/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by system registers: every encoding there is, read and written, and by name those that
 * would harm others.
 */
#include "attack.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/fault.h"
#include "kit/probe.h"

/** A register that is another's business. */
struct named_register {
    const char *name;
    uint32_t encoding;
    bool must_fault; /* else a write must at least change nothing */
};

static const struct named_register named_registers[] = {
    {"hcr-el2", PROBE_ENCODE(3, 4, 1, 1, 0), true},
    {"vttbr-el2", PROBE_ENCODE(3, 4, 2, 1, 0), true},
    {"vtcr-el2", PROBE_ENCODE(3, 4, 2, 1, 2), true},
    {"sctlr-el2", PROBE_ENCODE(3, 4, 1, 0, 0), true},
    {"vbar-el2", PROBE_ENCODE(3, 4, 12, 0, 0), true},
    {"cnthctl-el2", PROBE_ENCODE(3, 4, 14, 1, 0), true},
    {"cntvoff-el2", PROBE_ENCODE(3, 4, 14, 0, 3), true},
    {"ich-hcr-el2", PROBE_ENCODE(3, 4, 12, 11, 0), true},
    {"icc-sre-el2", PROBE_ENCODE(3, 4, 12, 9, 5), true},
    {"vmpidr-el2", PROBE_ENCODE(3, 4, 0, 0, 5), true},
    {"sctlr-el12", PROBE_ENCODE(3, 5, 1, 0, 0), true},
    {"scr-el3", PROBE_ENCODE(3, 6, 1, 1, 0), true},
    {"actlr-el1", PROBE_ENCODE(3, 0, 1, 0, 1), false},
    {"l2ctlr-el1", PROBE_ENCODE(3, 1, 11, 0, 2), false},
    {"l2ectlr-el1", PROBE_ENCODE(3, 1, 11, 0, 3), false},
    {"cpuactlr-el1", PROBE_ENCODE(3, 1, 15, 2, 0), false},
    {"cpuectlr-el1", PROBE_ENCODE(3, 1, 15, 2, 1), false},
    {"cbar-el1", PROBE_ENCODE(3, 1, 15, 3, 0), false},
    {"lorc-el1", PROBE_ENCODE(3, 0, 10, 4, 3), false},
    {"mpam1-el1", PROBE_ENCODE(3, 0, 10, 5, 0), false},
};

/** Reads it, writes its inverse, and looks whether that held. */
static void attack_named(const struct named_register *target)
{
    uint64_t before = probe_register_read(target->encoding);
    bool read_refused = fault_happened();
    bool write_refused;
    bool changed = false;

    probe_register_write(target->encoding, ~before);
    write_refused = fault_happened();
    if (!read_refused && !write_refused) {
        changed = probe_register_read(target->encoding) != before;
        probe_register_write(target->encoding, before);
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
    uint32_t encoding = PROBE_ENCODE(3, 3, 14, 0, 0);
    uint64_t before = probe_register_read(encoding);

    probe_register_write(encoding, before ^ 1);
    attack_report("cntfrq", probe_register_read(encoding) != before, "reads %u after a write of %u",
                  (unsigned)probe_register_read(encoding), (unsigned)before ^ 1);
    probe_register_write(encoding, before);
}

/** Without the system registers the interface of a GICv3 would be memory that is not there. */
static void attack_sre(void)
{
    uint32_t encoding = PROBE_ENCODE(3, 0, 12, 12, 5);
    uint64_t before = probe_register_read(encoding);

    probe_register_write(encoding, 0);
    attack_report("icc-sre-el1", false, "survived, reads 0x%x after a write of 0",
                  (unsigned)probe_register_read(encoding));
    probe_register_write(encoding, before);
    gic_cpu_start();
}

/** Not to be written: this program's own state; what the attack sgi-to-others has (ICC_SGI*,
 * ICC_DIR). */
static bool is_left_out(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    return (op0 == 3 && op1 == 0 && crn == 12 && crm == 11) ||
           probe_register_is_own(op0, op1, crn, crm, op2);
}

/** Reads an encoding; writes back what was there, inverted and as it was. */
static void try_register(struct tally *tally, uint32_t encoding, bool write)
{
    uint64_t value = probe_register_read(encoding);
    bool readable = !fault_happened();
    bool refused = !readable;

    if (write) {
        probe_register_write(encoding, ~value);
        refused = refused && fault_happened();
        probe_register_write(encoding, readable ? value : 0);
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

        try_register(&tally, PROBE_ENCODE(op0, op1, crn, crm, op2),
                     !is_left_out(op0, op1, crn, crm, op2));
    }
    if (must_fail) {
        attack_must_fail(name, &tally);
    } else {
        attack_survived(name, &tally);
    }
}

void attack_registers(void)
{
    for (unsigned i = 0; i < sizeof(named_registers) / sizeof(named_registers[0]); i++) {
        attack_named(&named_registers[i]);
    }
    attack_frequency();
    if (machine()->gic_version == 3) {
        attack_sre();
    }
    sweep("registers-el2-el3", 4, true);
    sweep("registers-el0-el1", 0, false);
    gic_cpu_start();
}
