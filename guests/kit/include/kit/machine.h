/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine this guest runs on, as its device tree describes it: what the drivers of the kit
 * start from.
 */
#ifndef KIT_MACHINE_H
#define KIT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/fdt.h"

#define MACHINE_MAX_CPUS    16U
#define MACHINE_MAX_MEMORY  8U
#define MACHINE_MAX_REGIONS 4U
#define MACHINE_TEXT_SIZE   256U

/** How PSCI is called (Arm DEN 0022, 5.1). */
enum machine_conduit {
    MACHINE_CONDUIT_NONE,
    MACHINE_CONDUIT_HVC,
    MACHINE_CONDUIT_SMC,
};

/** The interrupts of the architecture's timer, in the order of its device tree binding. */
enum machine_timer {
    MACHINE_TIMER_SECURE,
    MACHINE_TIMER_PHYSICAL,
    MACHINE_TIMER_VIRTUAL,
    MACHINE_TIMER_HYPERVISOR,
    MACHINE_TIMER_COUNT,
};

/** What the device tree says. Sizes of 0 stand for what is absent. */
struct machine {
    struct fdt fdt;
    struct fdt_range memory[MACHINE_MAX_MEMORY];
    size_t memory_count;
    uint64_t cpus[MACHINE_MAX_CPUS]; /* MPIDR affinity fields */
    size_t cpu_count;
    unsigned gic_version; /* 2 or 3, 0: none */
    struct fdt_range gicd;
    struct fdt_range gicc;                      /* of a GICv2 */
    struct fdt_range gicr[MACHINE_MAX_REGIONS]; /* of a GICv3 */
    size_t gicr_count;
    uint64_t gicr_stride; /* 0: as GICR_TYPER says */
    uint32_t timer_intids[MACHINE_TIMER_COUNT];
    uint32_t timer_frequency; /* 0: as CNTFRQ_EL0 says */
    struct fdt_range uart;
    struct fdt_interrupt uart_interrupt;
    uint32_t uart_clock; /* Hz, 0: unknown */
    enum machine_conduit conduit;
    uint64_t info; /* address of the info page, 0: not under Nagaya */
    char bootargs[MACHINE_TEXT_SIZE];
};

/** The machine; complete before main() runs. */
const struct machine *machine(void);

/**
 * Reads the device tree at @blob. Called once by the start-up code, with the MMU off.
 *
 * Returns false if there is no device tree or it names no memory.
 */
bool machine_read(const void *blob);

/** Total bytes of RAM. */
uint64_t machine_memory_size(void);

/** The number behind "NAME=" in the boot arguments, as 10 or 0xa; @otherwise if it is not there. */
uint64_t machine_argument(const char *name, uint64_t otherwise);

#endif
