/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up: what the assembly and the C files of this folder share and nobody else needs.
 */
#ifndef KIT_ARM64_START_H
#define KIT_ARM64_START_H

#include <stdint.h>

#include "kit/cpu.h"
#include "kit/exception.h"

#define START_PAGE_SIZE  4096U
#define START_STACK_SIZE (3 * START_PAGE_SIZE)

/** Where a CPU's C code runs. Its guard isn't mapped. */
struct start_stack {
    char guard[START_PAGE_SIZE];
    char stack[START_STACK_SIZE];
} __attribute__((aligned(START_PAGE_SIZE)));

/** What a secondary CPU is started with; boot.S reads the first five by offset, with its MMU off.
 */
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
extern char stacks_start[], main_stack_guard[], main_stack[], main_stack_end[]; /* kit.ld */

_Noreturn void start_first_cpu(const void *device_tree);
_Noreturn void start_other_cpu(struct cpu_boot *boot);
void exception_enter_c(struct exception_frame *frame, unsigned vector);
void mmu_switch_on(uint64_t tcr, uint64_t mair, uint64_t ttbr);

/** Stack of CPU @index when it is started by cpu_start(). */
struct start_stack *start_stack(unsigned index);

/** Calls @map for each part of [@start, @end) but the guards of all stacks. Runs before the MMU
 * is on. */
void start_map_around_guards(uint64_t start, uint64_t end,
                             void (*map)(uint64_t start, uint64_t end));

/** Tells what is wrong with @sp, where an exception found no stack. */
void start_report_stack(uint64_t sp);

/** Gives this CPU its thread-local data (the C library's errno). */
void start_thread_local(unsigned index);

/** Tells which of machine()->cpus this CPU is, and the guard of the stack that it runs on. */
void cpu_set_index(unsigned index, const char *guard);

/** The guard of the stack that this CPU was given. */
uint64_t cpu_guard(void);

#endif
