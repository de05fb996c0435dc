/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all attacks are made of: steps that are tried, faults that are caught, a line that says how
 * it ended.
 */
#ifndef ATTACKER_ATTACK_H
#define ATTACKER_ATTACK_H

#include <stdbool.h>
#include <stdint.h>

/** How the steps of one attack ended. */
struct tally {
    uint64_t steps;
    uint64_t refused; /* ended by an exception or an error code */
    uint64_t passed;
    uint64_t first_refused; /* address or number of the step */
    uint64_t first_passed;
};

/** Counts one step. */
void tally_step(struct tally *tally, bool refused, uint64_t what);

/** Prints the line of an attack every step of which must be refused; a step that passed is a
 * breach. */
void attack_must_fail(const char *name, const struct tally *tally);

/** The same for an attack that may pass where it harms only this VM: being here to say so is the
 * point. */
void attack_survived(const char *name, const struct tally *tally);

/** The same for calls whose answers the specification prescribes: @tally's refused are the right
 * ones. */
void attack_must_answer(const char *name, const struct tally *tally);

/** The same in free words; @breach says whether it is one. */
void attack_report(const char *name, bool breach, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The last line. */
void attack_summary(void);

/** The SGI that is sent to others: systems at hand use the lower ones. */
#define ATTACK_SGI 15U

/* One group of attacks each, run on every core. */
void attack_memory(void);
void attack_interrupts(void);
void attack_redistributor(void);
void attack_cpu_interface(void);
void attack_calls(void);
void attack_psci(void);
void attack_registers(void);
void attack_maintenance(void);
void attack_odd_accesses(void);
void attack_user_mode(void);
void attack_waiting(void);

/** This core's interface to the interrupt controller as at the start. */
void attack_repair(void);

/** What of the interrupt controller is near the distributor and not this VM's. */
void attack_foreign_frames(const char *name);

/** What the cores do at the same time, started by the first one when the others are off. */
void attack_together(void);

#endif
