/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This CPU, and starting the others by PSCI.
 */
#include <assert.h>

#include "kit/cpu.h"

#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/sysreg.h"
#include "start.h"

static struct cpu_boot boots[MACHINE_MAX_CPUS];

uint64_t cpu_mpidr(void)
{
    return SYSREG_READ(mpidr_el1) & MPIDR_AFFINITY;
}

/* Both are kept in a register that nothing else at EL1 uses (vectors.S knows how): guards begin
 * with a page. */
void cpu_set_index(unsigned index, const char *guard)
{
    SYSREG_WRITE(tpidr_el1, (uint64_t)guard | index);
}

unsigned cpu_index(void)
{
    return (unsigned)SYSREG_READ(tpidr_el1) & (START_PAGE_SIZE - 1);
}

uint64_t cpu_guard(void)
{
    return SYSREG_READ(tpidr_el1) & ~(uint64_t)(START_PAGE_SIZE - 1);
}

/** Cleans @boot to memory: the CPU that it is for reads it with its caches off. */
static void clean_to_memory(const struct cpu_boot *boot)
{
    static_assert(sizeof(struct cpu_boot) == 64,
                  "boot.S; one cache line of the smallest usual size");
    __asm__ volatile("dc cvac, %0\n\tdsb sy" : : "r"(boot) : "memory");
}

int64_t cpu_start(unsigned index, cpu_function *function, void *context)
{
    struct cpu_boot *boot = &boots[index];

    boot->tcr = SYSREG_READ(tcr_el1);
    boot->mair = SYSREG_READ(mair_el1);
    boot->ttbr = SYSREG_READ(ttbr0_el1);
    boot->stack = (uint64_t)start_stack(index)->stack + START_STACK_SIZE;
    boot->vectors = (uint64_t)exception_vectors;
    boot->function = function;
    boot->context = context;
    boot->index = index;
    clean_to_memory(boot);
    return psci_call(PSCI_CPU_ON, machine()->cpus[index], (uint64_t)secondary_entry,
                     (uint64_t)boot);
}

void cpu_interrupts_enable(void)
{
    __asm__ volatile("msr daifclr, #3" : : : "memory");
}

void cpu_interrupts_disable(void)
{
    __asm__ volatile("msr daifset, #3" : : : "memory");
}

void cpu_wait_for_interrupt(void)
{
    __asm__ volatile("dsb sy\n\twfi" : : : "memory");
}
