/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the assembly to main(): device tree, MMU, vectors, console, interrupts. Also where a CPU
 * ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/psci.h"
#include "kit/sysreg.h"
#include "kit/uart.h"
#include "start.h"

/* QEMU, given an ELF file that is no Linux kernel, enters it with x0 = 0 and puts the device
 * tree at the start of RAM (docs/system/arm/virt.rst, "Hardware configuration information for
 * bare-metal programming"). RAM starts at a multiple of 1 GB on all boards that do so. */
#define DEVICE_TREE_ALIGNMENT (UINT64_C(1) << 30)

#define THREAD_LOCAL_SIZE 256U
/* the thread control block (ELF for the Arm 64-bit Architecture, 7: variant 1) */
#define THREAD_LOCAL_HEAD 16U

extern const char tls_start[], tls_data_end[];

static struct start_stack stacks[MACHINE_MAX_CPUS] __attribute__((section(".bss.stacks")));
static char thread_local_data[MACHINE_MAX_CPUS][THREAD_LOCAL_SIZE] __attribute__((aligned(64)));

int main(void);

struct start_stack *start_stack(unsigned index)
{
    return &stacks[index];
}

void start_map_around_guards(uint64_t start, uint64_t end,
                             void (*map)(uint64_t start, uint64_t end))
{
    map(start, (uint64_t)stacks_start);
    for (unsigned i = 0; i < MACHINE_MAX_CPUS; i++) {
        map((uint64_t)stacks[i].stack, (uint64_t)stacks[i].stack + START_STACK_SIZE);
    }
    map((uint64_t)main_stack, end);
}

void start_report_stack(uint64_t sp)
{
    uint64_t guard = cpu_guard();

    if (sp - (guard - START_PAGE_SIZE) >= 2 * START_PAGE_SIZE + sizeof(struct exception_frame)) {
        printf("no stack: the stack pointer points to what can't be written, or is no multiple of "
               "16\n");
    } else if (guard == (uint64_t)main_stack_guard) {
        printf("stack overflow in main(), or in what it calls: its stack has %u bytes\n",
               (unsigned)((uint64_t)main_stack_end - (uint64_t)main_stack));
    } else {
        printf("stack overflow in the function that cpu %u was started with, or in what it calls: "
               "its stack has %u "
               "bytes\n",
               cpu_index(), START_STACK_SIZE);
    }
}

void start_thread_local(unsigned index)
{
    char *block = thread_local_data[index];

    memset(block, 0, THREAD_LOCAL_SIZE);
    memcpy(block + THREAD_LOCAL_HEAD, tls_start, (size_t)(tls_data_end - tls_start));
    SYSREG_WRITE(tpidr_el0, block);
}

static const void *device_tree_find(const void *given)
{
    struct fdt fdt;

    if (given != NULL && fdt_open(&fdt, given)) {
        return given;
    }
    given = (const void *)((uint64_t)image_start & ~(DEVICE_TREE_ALIGNMENT - 1));
    return fdt_open(&fdt, given) ? given : NULL;
}

static _Noreturn void stop(void)
{
    for (;;) {
        cpu_wait_for_interrupt();
    }
}

static unsigned first_cpu_index(void)
{
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        if (machine()->cpus[i] == (SYSREG_READ(mpidr_el1) & MPIDR_AFFINITY)) {
            return i;
        }
    }
    return 0;
}

_Noreturn void start_first_cpu(const void *device_tree)
{
    int status;

    if (!machine_read(device_tree_find(device_tree))) {
        stop(); /* no device tree: no console to say so on */
    }
    cpu_set_index(first_cpu_index(), main_stack_guard);
    SYSREG_WRITE(vbar_el1, exception_vectors);
    mmu_start();
    start_thread_local(cpu_index());
    uart_start();
    hypercall_start();
    gic_start();
    gic_cpu_start();
    status = main();
    if (status != 0) {
        printf("main returned %d\n", status);
    }
    psci_system_off();
}

_Noreturn void start_other_cpu(struct cpu_boot *boot)
{
    cpu_set_index((unsigned)boot->index, start_stack((unsigned)boot->index)->guard);
    start_thread_local(cpu_index());
    gic_cpu_start();
    boot->function(boot->context);
    cpu_interrupts_disable();
    psci_cpu_off();
}

/* The C library ends a program by this. */
_Noreturn void _exit(int status)
{
    printf("exit status %d\n", status);
    psci_system_off();
}
