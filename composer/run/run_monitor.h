/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's monitor (QMP), asked once at the end of a run that took too long: where its CPUs are. */
#ifndef COMPOSER_RUN_MONITOR_H
#define COMPOSER_RUN_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a CPU that has stopped at some instruction does there. */
enum cpu_activity {
    CPU_RUNS,
    CPU_WAITS_WFI,
    CPU_WAITS_WFE,
    CPU_NEVER_RAN,
};

struct cpu_location {
    uint64_t pc;
    int level; /* exception level; -1: not known (32-bit code) */
    enum cpu_activity activity;
};

/**
 * Stops the machine and asks where its CPUs are.
 *
 * @monitor  socket to a QMP monitor that nobody has talked to yet
 * @places   room for @count CPUs, in QEMU's order
 * Returns   how many were found; 0: the monitor does not answer.
 */
size_t monitor_places(int monitor, struct cpu_location *places, size_t count);

/** Takes the answer to `info registers -a` apart; as above. */
size_t monitor_read_registers(const char *answer, struct cpu_location *places, size_t count);

/** What a CPU at the second of two instructions, as `x /2xw` shows them, does. */
enum cpu_activity monitor_read_activity(const char *answer);

#endif
