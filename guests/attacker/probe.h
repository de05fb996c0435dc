/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries one thing: an access to a physical address, or an instruction. What faults is caught (fault.h).
 */
#ifndef ATTACKER_PROBE_H
#define ATTACKER_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum probe_kind {
    PROBE_READ,
    PROBE_WRITE,
    PROBE_EXECUTE,
};

/** Maps what the probes of this core need. Called for every core before the first one attacks. */
void probe_start(unsigned cpu);

/** True if the physical @address is this VM's: in a reg of its device tree. */
bool probe_is_own(uint64_t address);

/** True if @intid is this VM's: in an interrupts of its device tree. */
bool probe_is_own_interrupt(uint32_t intid);

/** Maps two pages at the physical @address in this core's window; returns where @address is seen. */
uint64_t probe_window(uint64_t address, unsigned mmu_flags);

/** Tries to touch the physical @address; true if that was refused. */
bool probe_refused(uint64_t address, enum probe_kind kind);

/** Runs one instruction with @x0 and @x1 in these registers; returns x0. */
uint64_t probe_instruction(uint32_t instruction, uint64_t x0, uint64_t x1);

/** Runs @instruction; true if it faulted. */
bool probe_instruction_refused(uint32_t instruction, uint64_t x0, uint64_t x1);

#endif
