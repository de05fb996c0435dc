/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fuzzer: a guest that tries every register, page and call behind which the hypervisor is,
 * first in order, then at random, on all of its vCPUs at once, and starts itself again and again.
 * What it may not do is caught; what it does to others is for its victim (guests/fuzzer-victim) and
 * the hypervisor's log to tell. Boot arguments, with their defaults:
 *
 *     seed=1          which random numbers
 *     dense=1         the sweep tries one offset of so many where registers are dense; 0: no sweep
 *     thin=64         and elsewhere
 *     nap=0           seconds that the first vCPU sleeps until nearly the end of all time, while
 * another one works lives=10        how often it starts itself again for random steps steps=2000 of
 * its first vCPU in each of them direct=0        1: its interrupts are direct
 *
 * It needs the memory of a channel `fuzz`, for what it has to know in its next life (page.h), and a
 * watchdog, for vCPUs that sleep for ever. Lines, stable for tests:
 *
 *     fuzzer: seed S life L PHASE        PHASE: sweeps, naps, or `random N of M`
 *     fuzzer: life L steps N0 N1 ...     how far each vCPU is, now and then
 *     fuzzer: done, seed S, L lives      then it switches itself off
 */
#include <inttypes.h>
#include <stdio.h>

#include "guest.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/fault.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/probe.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "nap.h"
#include "pages.h"
#include "steps.h"
#include "sweep.h"

static void quiet(uint32_t intid, void *context)
{
    (void)context;
    timer_stop(intid == timer_intid(TIMER_VIRTUAL) ? TIMER_VIRTUAL : TIMER_PHYSICAL);
}

/** Sweeps on all vCPUs; comes back when each has done its part. */
static void sweep(void)
{
    uint64_t tell = timer_now();

    for (unsigned i = 1; i < machine()->cpu_count; i++) {
        (void)cpu_start(i, sweep_run, NULL);
    }
    sweep_run(NULL);
    for (unsigned i = 1; i < machine()->cpu_count;) {
        (void)hypercall(HC_PET, 0, 0, 0);
        if (timer_now() - tell > timer_frequency()) {
            tell = timer_now();
            steps_tell();
        }
        if (sweep_done(i)) {
            i++;
        }
    }
}

/** The next phase of the page's, and what it says of it. */
static void live(volatile struct fuzz_page *page, uint64_t seed, uint64_t lives)
{
    printf("fuzzer: seed %" PRIu64 " life %" PRIu32 " ", seed, page->life);
    switch (page->phase) {
    case FUZZ_PHASE_SWEEP:
        printf("sweeps\n");
        sweep();
        page->phase++;
        break;
    case FUZZ_PHASE_NAP:
        printf("naps\n");
        page->phase++;
        nap(machine_argument("nap", 0));
        break;
    default:
        page->random_lives++;
        printf("random %" PRIu32 " of %" PRIu64 "\n", page->random_lives, lives);
        for (unsigned i = 1; i < machine()->cpu_count; i++) {
            (void)cpu_start(i, steps_run, NULL);
        }
        steps_run(NULL);
        break;
    }
}

int main(void)
{
    const struct info_channel *channel = channel_open(FUZZ_CHANNEL);
    uint64_t seed = machine_argument("seed", 1);
    uint64_t dense = machine_argument("dense", 1);
    uint64_t lives = machine_argument("lives", 10);

    if (channel == NULL || machine()->cpu_count > FUZZ_MAX_VCPUS) {
        printf("fuzzer: FAILED, no channel " FUZZ_CHANNEL ", or too many vCPUs\n");
        return 1;
    }
    volatile struct fuzz_page *page = (volatile struct fuzz_page *)channel->memory;
    struct steps steps = {seed, machine_argument("steps", 2000), machine_argument("direct", 0) != 0,
                          page};

    if (page->magic != FUZZ_MAGIC) {
        page->phase = dense != 0 ? FUZZ_PHASE_SWEEP : FUZZ_PHASE_NAP;
    }
    if (page->phase == FUZZ_PHASE_NAP &&
        (machine_argument("nap", 0) == 0 || machine()->cpu_count == 1)) {
        page->phase = FUZZ_PHASE_RANDOM;
    }
    page->magic = FUZZ_MAGIC;
    page->life++;
    for (unsigned i = 0; i < FUZZ_MAX_VCPUS; i++) {
        page->steps[i].number = 0;
    }
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        probe_start(i);
    }
    fault_start(NULL, NULL);
    gic_set_handler(timer_intid(TIMER_VIRTUAL), quiet, NULL);
    gic_set_handler(timer_intid(TIMER_PHYSICAL), quiet, NULL);
    pages_start();
    steps_start(&steps);
    sweep_start(page, seed, dense, machine_argument("thin", 64));
    if (page->phase == FUZZ_PHASE_RANDOM && page->random_lives >= lives) {
        printf("fuzzer: done, seed %" PRIu64 ", %" PRIu32 " lives\n", seed, page->life);
        return 0;
    }
    live(page, seed, lives);
    psci_system_reset();
}
