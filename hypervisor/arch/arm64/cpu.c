/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This CPU: its set-up for guests, its counter, its sleep.
 */
#include "cpu.h"
#include "cpu_sleep.h"

#include "core_local.h"
#include "speculation.h"
#include "sysreg.h"
#include "traps.h"
#include "vcpu.h"

#define STACK_SIZE 4096U

/* Begins at cpu_stack_top (hypervisor.lds); the page below it is not mapped. */
uint8_t cpu_stack[STACK_SIZE] __attribute__((section(".percpu.stack"), aligned(4096), used));
PERCPU struct cpu this_cpu;

uint64_t cpu_counter(void)
{
    return read_sysreg(cntpct_el0);
}

uint64_t cpu_counter_frequency(void)
{
    return read_sysreg(cntfrq_el0);
}

void cpu_wait(void)
{
    __asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

void cpu_send_event(void)
{
    __asm__ volatile("sev" : : : "memory");
}

_Noreturn void cpu_stop(void)
{
    for (;;) {
        cpu_wait();
    }
}

void cpu_init(void)
{
    write_sysreg(hcr_el2, TRAPS_WAITING);
    traps_init();
    speculation_init();
    write_sysreg(vpidr_el2, read_sysreg(midr_el1));
    write_sysreg(cntvoff_el2, 0);
    write_sysreg(cnthctl_el2, CNTHCTL_EL2_EL1PCTEN | CNTHCTL_EL2_EL1PCEN);
    isb();
}
