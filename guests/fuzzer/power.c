/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that switch vCPUs on and off: see steps.h. */
#include "kit/cpu.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "steps.h"
#include "wild.h"

#define WILD_ONCE 12U

/** An entry that is no good: outside, not aligned, at the end; or, seldom, a program that knows
 * nothing of this one. */
static uint64_t odd_entry(struct random *random)
{
    const struct fdt_range *memory = &machine()->memory[0];

    switch (random_below(random, WILD_ONCE)) {
    case 0:
        return (uint64_t)wild_entry;
    case 1:
        return memory->start + memory->size;
    case 2:
        return memory->start - 4;
    case 3:
        return (uint64_t)image_start + 2;
    default:
        return random_value(random) | UINT64_C(1) << 40;
    }
}

static void start_oddly(struct random *random, uint64_t mpidr)
{
    uint64_t entry = odd_entry(random);
    uint64_t context = random_next(random);

    if (entry == (uint64_t)wild_entry) {
        context = machine()->gicc.start;
    }
    (void)psci_call(PSCI_CPU_ON, mpidr, entry, context);
}

void step_power(struct random *random)
{
    uint64_t any = random_next(random);
    unsigned target = (unsigned)(any % machine()->cpu_count);
    uint64_t mpidr = random_once(random, 4) ? random_value(random) : machine()->cpus[target];
    uint64_t kind = any >> 32 & 7;

    step_note(STEP_POWER, kind, mpidr);
    switch (kind) {
    case 0:
        if (cpu_index() != 0) {
            psci_cpu_off();
        }
        break;
    case 1:
        start_oddly(random, mpidr);
        break;
    case 2:
        (void)psci_call(PSCI_AFFINITY_INFO, mpidr, random_value(random), 0);
        break;
    case 3:
        step_guard(random);
        (void)psci_call(PSCI_CPU_SUSPEND, random_value(random), random_next(random), 0);
        timer_stop(TIMER_VIRTUAL);
        break;
    default:
        if (target != 0) {
            (void)cpu_start(target, steps_run, NULL);
        }
        break;
    }
}
