/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by HVC and SMC: functions that don't exist over all service ranges, bad arguments, and
 * immediates that the calling convention leaves for others (Arm DEN 0028E, 2.5).
 */
#include "attack.h"
#include "guest.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/smccc.h"
#include "kit/fault.h"
#include "kit/probe.h"

#define INSTRUCTION_HVC(immediate) (0xd4000002U | (uint32_t)(immediate) << 5)
#define INSTRUCTION_SMC(immediate) (0xd4000003U | (uint32_t)(immediate) << 5)

#define OWNER_SHIFT    24U
#define OWNER_STANDARD 4U
#define OWNER_MASK     0x3fU
#define OWNER_COUNT    256U /* with the bits for fast and 64-bit calls */

typedef struct smccc_result call_function(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

/** Functions that answer with something else than an error, and the whole range of PSCI (psci.c
 * of this folder). */
static bool is_known(uint64_t function, call_function *call)
{
    uint32_t owner = (uint32_t)(function >> OWNER_SHIFT) & OWNER_MASK;
    uint32_t number = (uint32_t)function & 0xffff;

    if (owner == OWNER_STANDARD && number < 0x20) {
        return true;
    }
    if ((function & 0xff000000U) == 0x80000000U) {
        return true; /* of the convention itself: SMCCC_VERSION, SMCCC_ARCH_FEATURES, ... */
    }
    if (function >= HC_NULL && function < HC_END) {
        return call == smccc_hvc;
    }
    return false;
}

/** A call with arguments of all kinds; right is NOT_SUPPORTED or an exception. */
static void try_call(struct tally *tally, call_function *call, uint64_t function)
{
    struct smccc_result result;

    if (is_known(function, call)) {
        return;
    }
    fault_clear();
    result = call(function, UINT64_MAX, machine()->memory[0].start - 4096, function);
    tally_step(tally, fault_happened() || (int32_t)result.x0 == HC_ERR_NOT_SUPPORTED, function);
}

static void undefined_calls(const char *name, call_function *call)
{
    struct tally tally = {0};

    for (uint64_t owner = 0; owner < OWNER_COUNT; owner++) {
        for (uint64_t number = 0; number < 0x40; number++) {
            try_call(&tally, call, owner << OWNER_SHIFT | number);
            try_call(&tally, call, owner << OWNER_SHIFT | 0xff00 | number);
        }
    }
    for (uint64_t number = HC_END; number < HC_END + 0x1000; number++) {
        try_call(&tally, call, number);
    }
    attack_must_answer(name, &tally);
}

/** Known calls with nonsense in all arguments. */
static void bad_arguments(void)
{
    static const uint64_t nonsense[] = {0,          1,          UINT64_MAX,
                                        1ULL << 63, 0x40000000, 0xdeadbeefdeadbeef};
    struct tally tally = {0};

    if (!hypercall_present()) {
        return;
    }
    for (uint64_t function = HC_NULL; function < HC_END; function++) {
        for (unsigned i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
            if (function == HC_DELAY && nonsense[i] > 1) {
                continue; /* it would wait so long, as it should */
            }
            int64_t result = hypercall(function, nonsense[i], nonsense[i], nonsense[i]);

            if (function == HC_RING) { /* it has no doorbell */
                tally_step(&tally, result == HC_ERR_NOT_ALLOWED, function);
            } else {
                tally_step(&tally, function >= HC_FAST_END ? result <= HC_TIMED_OUT : result >= 0,
                           function);
            }
        }
    }
    attack_must_answer("hypercalls-bad-arguments", &tally);
}

/** The convention has immediate 0 only. Nothing may happen, whatever x0 asks for. */
static void immediates(const char *name, bool smc)
{
    static const uint32_t values[] = {1, 2, 0x4a48, 0x7fff, 0x8000, 0xea1, 0xffff};
    struct tally tally = {0};

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        uint32_t instruction = smc ? INSTRUCTION_SMC(values[i]) : INSTRUCTION_HVC(values[i]);
        uint64_t result = probe_instruction(instruction, PSCI_VERSION, UINT64_MAX);

        tally_step(&tally, fault_happened() || (int64_t)result < 0 || (int32_t)result < 0,
                   values[i]);
    }
    attack_survived(name, &tally);
}

void attack_calls(void)
{
    undefined_calls("undefined-hvc", smccc_hvc);
    undefined_calls("undefined-smc", smccc_smc);
    bad_arguments();
    immediates("hvc-immediates", false);
    immediates("smc-immediates", true);
}
