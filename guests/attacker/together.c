/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All cores attack at the same time: foreign memory, foreign SPIs, PSCI, hypercalls and TLB
 * invalidation, mixed, so that the hypervisor is entered on several CPUs at once for the same VM.
 */
#include "attack.h"
#include "kit/cpu.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "kit/fault.h"
#include "kit/probe.h"

#define ROUNDS            20000U
#define GICD_ISPENDR_LAST 0x27cU /* INTIDs 992 to 1019: beyond any that this VM has */
#define FOREIGN_MPIDR     0xffU
#define TIMEOUT_NS        UINT64_C(2000000000)

static volatile unsigned ready;
static volatile unsigned finished;
static volatile unsigned turn; /* the core that prints */

/** One of each; true if all were refused. */
static bool round_refused(uint64_t foreign, uint64_t round)
{
    uint64_t spis = machine()->gicd.start + GICD_ISPENDR_LAST;
    bool refused = probe_refused(foreign, round % 2 == 0 ? PROBE_READ : PROBE_WRITE);

    fault_clear();
    mmio_write32(spis, UINT32_MAX);
    refused = refused && (mmio_read32(spis) == 0 || fault_happened());
    refused = refused && psci_call(PSCI_CPU_ON, FOREIGN_MPIDR, (uint64_t)image_start, 0) < 0;
    for (size_t i = 0; i < machine()->cpu_count; i++) {
        refused = refused && psci_call(PSCI_CPU_ON, machine()->cpus[i], (uint64_t)image_start, 0) ==
                                 PSCI_ALREADY_ON;
    }
    __asm__ volatile("tlbi vmalle1is\n\tdsb ish\n\tisb" : : : "memory");
    return refused;
}

static void attack_core(void *context)
{
    uint64_t foreign = machine()->memory[0].start + machine()->memory[0].size;
    struct tally tally = {0};

    (void)context;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    while (ready < machine()->cpu_count)
        ;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        tally_step(&tally, round_refused(foreign, round), round);
    }
    __atomic_fetch_add(&finished, 1, __ATOMIC_SEQ_CST);
    while (finished < machine()->cpu_count || turn != cpu_index())
        ; /* a core that went off early would not be ALREADY_ON for the others */
    attack_must_fail("all-cores-together", &tally);
    __atomic_store_n(&turn, turn + 1, __ATOMIC_SEQ_CST);
}

void attack_together(void)
{
    if (machine()->gicd.size == 0) {
        return;
    }
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        if (i == cpu_index()) {
            continue;
        }
        if (!psci_goes_off(machine()->cpus[i], TIMEOUT_NS) ||
            cpu_start(i, attack_core, NULL) != PSCI_SUCCESS) {
            return;
        }
    }
    attack_core(NULL);
    while (turn < machine()->cpu_count)
        ;
}
