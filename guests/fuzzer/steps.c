/* SPDX-License-Identifier: Apache-2.0 */
/* See steps.h. */
#include "steps.h"

#include <inttypes.h>
#include <stdio.h>

#include "../kit/gic_registers.h"
#include "access.h"
#include "calls.h"
#include "guest.h"
#include "kit/cpu.h"
#include "kit/fault.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/probe.h"
#include "kit/psci.h"
#include "kit/sysreg.h"
#include "pages.h"
#include "registers.h"

#define TELL_STEPS   256U
#define REPAIR_STEPS 64U
#define WORD_STEPS   16U
#define BURST_MAX    200U
#define BURST_SLOW   4U
#define OPEN_SPINS   200U
#define RESET_ONCE   4000U
#define UNGUARDED    200U /* a vCPU that nothing wakes is the watchdog's */

static struct steps steps;
volatile uint32_t step_word;

void steps_start(const struct steps *given)
{
    steps = *given;
}

bool step_is_direct(void)
{
    return steps.direct;
}

void step_note(uint32_t kind, uint64_t target, uint64_t value)
{
    volatile struct fuzz_step *step = &steps.page->steps[cpu_index()];

    step->kind = kind;
    step->target = target;
    step->value = value;
    step->number++;
}

void step_repair(void)
{
    gic_cpu_start();
    gic_interface_forget();
    if (machine()->gic_version == 3) {
        SYSREG_WRITE(icc_ap0r0_el1, 0);
    }
    __asm__ volatile("isb" : : : "memory");
}

void steps_tell(void)
{
    printf("fuzzer: life %" PRIu32 " steps", steps.page->life);
    for (size_t i = 0; i < machine()->cpu_count; i++) {
        printf(" %" PRIu32, steps.page->steps[i].number);
    }
    printf("\n");
}

static void step_page(struct random *random, bool burst)
{
    struct access access = pages_random(random);
    uint64_t count =
        burst ? random_below(random, pages_is_slow(&access) ? BURST_SLOW : BURST_MAX) : 1;

    step_note(burst ? STEP_BURST : STEP_PAGE, access.address,
              (uint64_t)access.kind << 60 | (uint64_t)access.size << 56 |
                  (access.value & (UINT64_MAX >> 8)));
    if (pages_ends_run(&access)) {
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        access_do(&access);
    }
}

static void step_odd(struct random *random)
{
    const struct probe_access *odd = &probe_accesses[random_below(random, PROBE_ACCESSES)];
    struct access access = pages_random(random);

    step_note(STEP_ODD, access.address, odd->instruction);
    access.size = 4; /* a pair of commands may begin in its neighbour */
    if (probe_access_present(odd) && !pages_ends_run(&access)) {
        (void)probe_instruction(odd->instruction, access.address, access.value);
    }
}

static void step_register(struct random *random)
{
    struct register_access access = register_random(random);

    step_note(STEP_REGISTER, access.encoding | (access.write ? 1U : 0U), access.value);
    register_do(&access);
}

static void step_call(struct random *random)
{
    struct call call = call_random(random);

    step_note(STEP_CALL, call.function, call.arguments[0]);
    call_do(&call);
}

/** Of a GICv2 (IHI 0048B, 4.3.15 to 4.3.17): by filter and list, or as if others had sent it. */
static void sgi_v2(uint64_t kind, uint32_t value)
{
    uint64_t gicd = machine()->gicd.start;

    switch (kind) {
    case 0:
        mmio_write32(gicd + GICD_SPENDSGIR + (value >> 24 & 0xc), value);
        break;
    case 1:
        mmio_write32(gicd + GICD_CPENDSGIR + (value >> 24 & 0xc), value);
        break;
    default:
        mmio_write32(gicd + GICD_SGIR, value);
        break;
    }
}

/** ICC_SGI1R_EL1, SGI0R, ASGI1R (IHI 0069H, 12.2.13). */
static void sgi_v3(uint64_t kind, uint64_t value)
{
    switch (kind) {
    case 0:
        SYSREG_WRITE(s3_0_c12_c11_6, value);
        break;
    case 1:
        SYSREG_WRITE(s3_0_c12_c11_7, value);
        break;
    default:
        SYSREG_WRITE(icc_sgi1r_el1, value);
        break;
    }
}

/** To the VM's own vCPUs, all others, or anyone. */
static void step_sgi(struct random *random)
{
    bool v2 = machine()->gic_version == 2;
    uint64_t any = random_next(random);
    uint64_t value =
        v2 ? (any & 0xf) | (any >> 4 & 0xff) << 16 : (any & 0xf) << 24 | (any >> 4 & 0xff);

    if (random_once(random, 4)) {
        value |= v2 ? GICD_SGIR_OTHERS : UINT64_C(1) << 40;
    }
    if (random_once(random, 4)) {
        value = random_value(random);
    }
    step_note(STEP_SGI, any >> 32 & 7, value);
    if (v2) {
        sgi_v2(any >> 32 & 7, (uint32_t)value);
    } else {
        sgi_v3(any >> 32 & 7, value);
    }
}

static void step_open(void)
{
    step_note(STEP_OPEN, 0, 0);
    cpu_interrupts_enable();
    for (volatile unsigned i = 0; i < OPEN_SPINS; i++)
        ;
    cpu_interrupts_disable();
}

static void step_reset(struct random *random)
{
    if (!random_once(random, RESET_ONCE / 26)) {
        return;
    }
    step_note(STEP_RESET, 0, 0);
    psci_system_reset();
}

static void step_do(struct random *random)
{
    fault_clear();
    switch (random_below(random, 26)) {
    case 0 ... 7:
        step_page(random, false);
        break;
    case 8:
        step_page(random, true);
        break;
    case 9:
        step_odd(random);
        break;
    case 10 ... 13:
        step_register(random);
        break;
    case 14 ... 16:
        step_call(random);
        break;
    case 17 ... 18:
        step_sgi(random);
        break;
    case 19 ... 20:
        step_power(random);
        break;
    case 21 ... 22:
        step_wait(random, !random_once(random, UNGUARDED));
        break;
    case 23:
        step_open();
        break;
    case 24:
        step_spi(random);
        break;
    default:
        step_reset(random);
        break;
    }
}

void steps_run(void *context)
{
    unsigned cpu = cpu_index();

    (void)context;
    for (;;) {
        uint32_t step = steps.page->steps[cpu].number + 1;
        struct random random = random_start(steps.seed, steps.page->life, cpu, step);

        if (cpu == 0 && step > steps.count) {
            return;
        }
        (void)hypercall(HC_PET, 0, 0, 0);
        if (step % REPAIR_STEPS == 0) {
            step_repair();
        }
        if (cpu == 0 && step % WORD_STEPS == 0) {
            step_word = step / WORD_STEPS % 2;
        }
        if (cpu == 0 && step % TELL_STEPS == 0) {
            steps_tell();
        }
        step_do(&random);
        if (steps.page->steps[cpu].number < step) {
            steps.page->steps[cpu].number = step; /* one without a note */
        }
    }
}
