/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by PSCI with every kind of bad argument, by HVC and by SMC (Arm DEN 0022F, chapter 5).
 */
#include "attack.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/smccc.h"
#include "kit/timer.h"
#include "kit/fault.h"

#define FUNCTIONS_32 0x84000000U
#define FUNCTIONS_64 0xc4000000U
#define FUNCTION_END 0x20U

/* Functions that change something even with odd arguments. */
#define FUNCTION_CPU_OFF      0x02U
#define FUNCTION_SYSTEM_OFF   0x08U
#define FUNCTION_SYSTEM_RESET 0x09U
#define PSCI_CPU_ON_32        0x84000003U
#define RESET2_32             0x84000012U
#define RESET2_64             0xc4000012U
#define RESET2_BAD_TYPE       0x7fffffffU

#define WAKE_NS UINT64_C(1000000)

typedef struct smccc_result call_function(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

static call_function *call;

/** The answer of a call, cut to the 32 bits that PSCI defines. */
static int32_t answer(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    fault_clear();
    return (int32_t)call(function, x1, x2, x3).x0;
}

static bool is_own_cpu(uint64_t mpidr)
{
    for (size_t i = 0; i < machine()->cpu_count; i++) {
        if (machine()->cpus[i] == mpidr) {
            return true;
        }
    }
    return false;
}

/** All numbers but those that do what they are for: what FEATURES does not know must not work
 * either. */
static void unknown_functions(const char *name)
{
    struct tally tally = {0};

    for (uint32_t i = 0; i < FUNCTION_END; i++) {
        if (i == FUNCTION_CPU_OFF || i == FUNCTION_SYSTEM_OFF || i == FUNCTION_SYSTEM_RESET) {
            continue;
        }
        for (uint32_t base = FUNCTIONS_32;; base = FUNCTIONS_64) {
            if (answer(PSCI_FEATURES, base + i, 0, 0) == PSCI_NOT_SUPPORTED) {
                tally_step(&tally,
                           answer(base + i, UINT64_MAX, UINT64_MAX, UINT64_MAX) ==
                               PSCI_NOT_SUPPORTED,
                           base + i);
            }
            if (base == FUNCTIONS_64) {
                break;
            }
        }
    }
    attack_must_answer(name, &tally);
}

/** Starts cores that are others' or do not exist. */
static void foreign_cpus(const char *name)
{
    struct tally tally = {0};

    for (uint64_t aff0 = 0; aff0 < 16; aff0++) {
        static const uint64_t rest[] = {0,       1 << 8,   1 << 16,    1ULL << 32,
                                        1 << 24, 1U << 31, 1ULL << 40, 1ULL << 63};

        for (unsigned i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
            uint64_t mpidr = rest[i] | aff0;

            if (!is_own_cpu(mpidr)) {
                tally_step(&tally, answer(PSCI_CPU_ON, mpidr, (uint64_t)image_start, 0) < 0, mpidr);
            }
        }
    }
    attack_must_fail(name, &tally);
}

/** Starts this core again; the 32-bit call too, where this program lies so that it can name
 * itself. */
static void running_cpu(const char *name)
{
    uint64_t entry = (uint64_t)image_start;
    struct tally tally = {0};

    tally_step(&tally, answer(PSCI_CPU_ON, cpu_mpidr(), entry, 0) == PSCI_ALREADY_ON, PSCI_CPU_ON);
    if (entry <= UINT32_MAX) {
        tally_step(&tally, answer(PSCI_CPU_ON_32, cpu_mpidr(), entry, 0) == PSCI_ALREADY_ON,
                   PSCI_CPU_ON_32);
    }
    attack_must_answer(name, &tally);
}

/** Starts an own core that is off where there is nothing. */
static void bad_entries(const char *name)
{
    static const uint64_t entries[] = {1ULL << 39, 1ULL << 47, UINT64_MAX, 1ULL << 63};
    struct tally tally = {0};

    for (size_t i = 0; i < machine()->cpu_count; i++) {
        if (answer(PSCI_AFFINITY_INFO, machine()->cpus[i], 0, 0) != PSCI_AFFINITY_OFF) {
            continue;
        }
        for (unsigned j = 0; j < sizeof(entries) / sizeof(entries[0]); j++) {
            tally_step(&tally,
                       answer(PSCI_CPU_ON, machine()->cpus[i], entries[j], 0) ==
                           PSCI_INVALID_ADDRESS,
                       entries[j]);
        }
    }
    attack_must_answer(name, &tally);
}

static void affinity_info(const char *name)
{
    static const uint64_t levels[] = {1, 2, 3, 4, 0xff, UINT32_MAX, UINT64_MAX};
    struct tally tally = {0};

    for (uint64_t mpidr = 0; mpidr < 16; mpidr++) {
        if (!is_own_cpu(mpidr)) {
            tally_step(&tally, answer(PSCI_AFFINITY_INFO, mpidr, 0, 0) < 0, mpidr);
        }
    }
    for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        tally_step(&tally, answer(PSCI_AFFINITY_INFO, cpu_mpidr(), levels[i], 0) < 0, levels[i]);
    }
    attack_must_answer(name, &tally);
}

/** Odd power states: whatever the answer is, this core must come back, by its timer at the
 * latest. */
static void suspend(const char *name)
{
    static const uint64_t states[] = {2,          0xffff,     1U << 16 | 1,       0xfcffffff,
                                      UINT32_MAX, UINT64_MAX, 3U << 24 | 1U << 31};
    struct tally tally = {0};

    gic_enable(timer_intid(TIMER_VIRTUAL));
    for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(WAKE_NS));
        tally_step(&tally, answer(PSCI_CPU_SUSPEND, states[i], UINT64_MAX, UINT64_MAX) < 0,
                   states[i]);
    }
    timer_stop(TIMER_VIRTUAL);
    attack_survived(name, &tally);
}

/** Resets of types that do not exist. */
static void reset2(const char *name)
{
    struct tally tally = {0};

    tally_step(&tally, answer(RESET2_32, RESET2_BAD_TYPE, 0, 0) < 0, RESET2_32);
    tally_step(&tally, answer(RESET2_64, RESET2_BAD_TYPE, 0, 0) < 0, RESET2_64);
    attack_must_answer(name, &tally);
}

static void attack_by(call_function *conduit, bool smc)
{
    call = conduit;
    unknown_functions(smc ? "psci-unknown-smc" : "psci-unknown-hvc");
    foreign_cpus(smc ? "psci-foreign-cpu-smc" : "psci-foreign-cpu-hvc");
    running_cpu(smc ? "psci-running-cpu-smc" : "psci-running-cpu-hvc");
    bad_entries(smc ? "psci-bad-entry-smc" : "psci-bad-entry-hvc");
    affinity_info(smc ? "psci-affinity-info-smc" : "psci-affinity-info-hvc");
    suspend(smc ? "psci-suspend-smc" : "psci-suspend-hvc");
    reset2(smc ? "psci-reset2-smc" : "psci-reset2-hvc");
}

void attack_psci(void)
{
    attack_by(smccc_hvc, false);
    attack_by(smccc_smc, true);
}
