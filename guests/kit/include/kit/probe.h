/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries one thing: an access to a physical address, or an instruction. What faults is caught
 * (fault.h, which must have been started).
 */
#ifndef KIT_PROBE_H
#define KIT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/** A system register as MRS and MSR encode it (Arm DDI 0487, C5.1, C6.2). */
#define PROBE_ENCODE(op0, op1, crn, crm, op2)                                                      \
    ((uint32_t)(op0) << 19 | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 |                       \
     (uint32_t)(crm) << 8 | (uint32_t)(op2) << 5)

/** An access that a hypervisor cannot read from its syndrome register (ESR_EL2.ISV = 0): x0 is
 * the address; x1 and x2 are data. Encoded: the assembler refuses some for the plain
 * architecture. */
struct probe_access {
    uint32_t instruction;
    bool atomics; /* needs FEAT_LSE */
};

#define PROBE_ACCESSES 19U
#define PROBE_STXR     0x88027c01U /* no access where it fails */
#define PROBE_PRFM     0xf9800000U /* never faults */

extern const struct probe_access probe_accesses[PROBE_ACCESSES];

/** Whether this CPU has @access. */
bool probe_access_present(const struct probe_access *access);

enum probe_kind {
    PROBE_READ,
    PROBE_WRITE,
    PROBE_EXECUTE,
};

/** Maps what the probes of this core need. Called for every core before the first one probes. */
void probe_start(unsigned cpu);

/** True if the physical @address is this VM's: in a reg of its device tree. */
bool probe_is_own(uint64_t address);

/** True if @intid is this VM's: in an interrupts of its device tree. */
bool probe_is_own_interrupt(uint32_t intid);

/** Maps two pages at the physical @address in this core's window; returns where @address is seen.
 */
uint64_t probe_window(uint64_t address, unsigned mmu_flags);

/** Tries to touch the physical @address; true if that was refused. */
bool probe_refused(uint64_t address, enum probe_kind kind);

/** Runs one instruction with @x0 and @x1 in these registers; returns x0. */
uint64_t probe_instruction(uint32_t instruction, uint64_t x0, uint64_t x1);

/** Runs @instruction; true if it faulted. */
bool probe_instruction_refused(uint32_t instruction, uint64_t x0, uint64_t x1);

/** Reads the system register with this encoding. */
uint64_t probe_register_read(uint32_t encoding);

/** Writes it. */
void probe_register_write(uint32_t encoding, uint64_t value);

/** Whether a change of the register would end this program and prove nothing: its own
 * translation, vectors, stack, flags. */
bool probe_register_is_own(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2);

#endif
