/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI by both conduits, as programs use it that have theirs built in: each function that must
 * work, on two cores.
 *
 *     psci: CONDUIT NAME: ok
 *     psci: CONDUIT NAME: FAILED, N
 *     psci: done                       then SYSTEM_OFF by SMC, while the kit's own way is HVC
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/smccc.h"
#include "kit/timer.h"

#define PSCI_MIGRATE_INFO_TYPE 0x84000006U
#define PSCI_CPU_SUSPEND_32    0x84000001U
#define PSCI_AFFINITY_INFO_32  0x84000004U
#define SMCCC_VERSION          0x80000000U
#define SMCCC_ARCH_FEATURES    0x80000001U
#define WAKE_NS                UINT64_C(2000000)
#define TIMEOUT_NS             UINT64_C(5000000000)

typedef struct smccc_result call_function(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

static call_function *call;
static const char *conduit;
static volatile unsigned runs;
static volatile bool stay;

static void expect(const char *name, int64_t value, int64_t expected)
{
    if (value == expected) {
        printf("psci: %s %s: ok\n", conduit, name);
    } else {
        printf("psci: %s %s: FAILED, %" PRId64 "\n", conduit, name, value);
    }
}

static int32_t psci(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    return (int32_t)call(function, x1, x2, x3).x0;
}

static void other_core(void *context)
{
    (void)context;
    runs++;
    while (stay)
        ;
    (void)call(PSCI_CPU_OFF, 0, 0, 0); /* this conduit's, not the kit's */
    printf("psci: %s CPU_OFF: FAILED, it came back\n", conduit);
}

static bool wait_for_affinity(uint64_t mpidr, int32_t state)
{
    uint64_t start = timer_now();

    while (psci(PSCI_AFFINITY_INFO, mpidr, 0, 0) != state) {
        if (timer_now() - start > timer_from_ns(TIMEOUT_NS)) {
            return false;
        }
    }
    return true;
}

static void power_of_other_core(void)
{
    unsigned other = cpu_index() == 0 ? 1 : 0;
    uint64_t mpidr = machine()->cpus[other];
    unsigned before = runs;

    expect("AFFINITY_INFO-off", psci(PSCI_AFFINITY_INFO, mpidr, 0, 0), PSCI_AFFINITY_OFF);
    stay = true;
    expect("CPU_ON", cpu_start(other, other_core, NULL), PSCI_SUCCESS);
    expect("AFFINITY_INFO-on", wait_for_affinity(mpidr, PSCI_AFFINITY_ON) ? 0 : 1, 0);
    while (runs == before)
        ;
    expect("CPU_ON-already-on", psci(PSCI_CPU_ON, mpidr, (uint64_t)image_start, 0),
           PSCI_ALREADY_ON);
    expect("AFFINITY_INFO-32-bit", psci(PSCI_AFFINITY_INFO_32, mpidr, 0, 0), PSCI_AFFINITY_ON);
    stay = false;
    expect("CPU_OFF", wait_for_affinity(mpidr, PSCI_AFFINITY_OFF) ? 0 : 1, 0);
    expect("CPU_ON-not-a-core", psci(PSCI_CPU_ON, 0xff00, (uint64_t)image_start, 0),
           PSCI_INVALID_PARAMETERS);
    expect("CPU_ON-not-in-memory", psci(PSCI_CPU_ON, mpidr, 0x10, 0), PSCI_INVALID_ADDRESS);
}

/** Wakes by its timer, whether the state is a standby or asks for a power down. */
static void suspend(const char *name, uint64_t function, uint64_t state)
{
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(WAKE_NS));
    expect(name, psci(function, state, (uint64_t)image_start, 0), PSCI_SUCCESS);
    timer_stop(TIMER_VIRTUAL);
}

static void exercise(call_function *by, const char *name)
{
    call = by;
    conduit = name;
    expect("VERSION", psci(PSCI_VERSION, 0, 0, 0), 0x10001);
    expect("FEATURES", psci(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
    expect("FEATURES-of-nothing", psci(PSCI_FEATURES, 0x8400001fU, 0, 0), PSCI_NOT_SUPPORTED);
    expect("FEATURES-of-SMCCC", psci(PSCI_FEATURES, SMCCC_VERSION, 0, 0), 0);
    expect("SMCCC_VERSION", psci(SMCCC_VERSION, 0, 0, 0), 0x10001);
    expect("SMCCC_ARCH_FEATURES", psci(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0);
    expect("MIGRATE_INFO_TYPE", psci(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), PSCI_NOT_SUPPORTED);
    power_of_other_core();
    suspend("CPU_SUSPEND", PSCI_CPU_SUSPEND, 0);
    suspend("CPU_SUSPEND-32-bit", PSCI_CPU_SUSPEND_32, 0);
    suspend("CPU_SUSPEND-power-down", PSCI_CPU_SUSPEND, 1 << 16);
}

int main(void)
{
    exercise(smccc_hvc, "hvc");
    exercise(smccc_smc, "smc");
    printf("psci: done\n");
    (void)smccc_smc(PSCI_SYSTEM_OFF, 0, 0, 0);
    printf("psci: smc SYSTEM_OFF: FAILED, it came back\n");
    return 1;
}
