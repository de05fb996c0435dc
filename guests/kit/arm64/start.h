/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up: what the assembly and the C files of this folder share and nobody else needs.
 */
#ifndef KIT_ARM64_START_H
#define KIT_ARM64_START_H

#include <stdint.h>

#include "kit/cpu.h"
#include "kit/exception.h"

#define START_STACK_SIZE 16384U

/** What a secondary CPU is started with; boot.S reads the first five by offset, with its MMU off. */
struct cpu_boot {
    uint64_t tcr;
    uint64_t mair;
    uint64_t ttbr;
    uint64_t stack;
    uint64_t vectors;
    cpu_function *function;
    void *context;
    uint64_t index;
} __attribute__((aligned(64)));

extern char exception_vectors[];
extern char secondary_entry[];
extern char *const start_first_stack_top;

_Noreturn void start_first_cpu(const void *device_tree);
_Noreturn void start_other_cpu(struct cpu_boot *boot);
void exception_enter_c(struct exception_frame *frame, unsigned vector);
void mmu_switch_on(uint64_t tcr, uint64_t mair, uint64_t ttbr);

/** Stack of CPU @index when it is started by cpu_start(): the first byte behind its end. */
uint64_t start_stack(unsigned index);

/** Gives this CPU its thread-local data (the C library's errno). */
void start_thread_local(unsigned index);

/** Tells which of machine()->cpus this CPU is. */
void cpu_set_index(unsigned index);

#endif
