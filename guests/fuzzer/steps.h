/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random steps: what each vCPU does after the sweep, until the first one has had enough and resets
 * the VM.
 */
#ifndef FUZZER_STEPS_H
#define FUZZER_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "page.h"
#include "random.h"

enum step_kind {
    STEP_NONE,
    STEP_PAGE,     /* an access to a page */
    STEP_BURST,    /* the same one many times */
    STEP_ODD,      /* an access that no syndrome describes */
    STEP_REGISTER, /* a system register or instruction */
    STEP_CALL,     /* a hypercall or PSCI function that returns at once */
    STEP_SGI,      /* an SGI */
    STEP_POWER,    /* CPU_ON, CPU_OFF, AFFINITY_INFO, CPU_SUSPEND */
    STEP_WAIT,     /* WFI, WFE, HC_DELAY, HC_EVENT_WAIT, HC_YIELD */
    STEP_OPEN,     /* interrupts are let in */
    STEP_RESET,    /* SYSTEM_RESET */
    STEP_SPI,      /* a few accesses to the registers of one SPI of this VM, many times */
};

/** What all steps need. */
struct steps {
    uint64_t seed;
    uint64_t count; /* of the first vCPU in a life */
    bool direct;    /* the VM has the physical interrupt interface */
    volatile struct fuzz_page *page;
};

/** Sets it, for all vCPUs. */
void steps_start(const struct steps *given);

/** Says what this vCPU does now, in the page. */
void step_note(uint32_t kind, uint64_t target, uint64_t value);

/** Does random steps: for a cpu_function. The first vCPU returns after its count, the others
 * never. */
void steps_run(void *context);

/** Lets the first vCPU tell how far all are. */
void steps_tell(void);

/** This vCPU's interface to the interrupt controller as at the start, whatever was written to it.
 */
void step_repair(void);

/** Whether the VM's interrupts are direct. */
bool step_is_direct(void);

/** Waiting and power steps, and those on an SPI (waits.c, power.c, spis.c). @guarded: something
 * will wake it. */
void step_wait(struct random *random, bool guarded);
void step_power(struct random *random);
void step_spi(struct random *random);

/** Its timer will interrupt this vCPU soon. */
void step_guard(struct random *random);

/** A word that the first vCPU changes now and then. */
extern volatile uint32_t step_word;

#endif
