/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's workarounds for speculation.
 */
#include "workaround.h"

#include "conduit.h"
#include "core_local.h"
#include "cpu.h"
#include "psci.h"

#define FUNCTIONS 3U
#define SWITCHED  1U /* the place of the one that changes what the CPU does from then on */

static PERCPU int32_t answers[FUNCTIONS];

static int32_t ask(uint32_t function, uint32_t argument)
{
    return (int32_t)conduit_smc(function, argument, 0, 0);
}

SLOW void workaround_init(void)
{
    /* Version 1.0 of the convention has no SMCCC_VERSION; whether that may be called, PSCI tells
     * (DEN 0028E, 7.2). */
    bool asks = plan.conduit == PLAN_CONDUIT_SMC && ask(PSCI_FEATURES, SMCCC_VERSION) >= 0 &&
                ask(SMCCC_VERSION, 0) >= (int32_t)SMCCC_VERSION_1_1;

    answers[0] = asks ? ask(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_1) : PSCI_NOT_SUPPORTED;
    answers[SWITCHED] =
        asks ? ask(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_2) : PSCI_NOT_SUPPORTED;
    answers[2] = asks ? ask(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_3) : PSCI_NOT_SUPPORTED;
}

/** The place of the answer about @function; FUNCTIONS: it is none of them. */
static unsigned place_of(uint32_t function)
{
    switch (function) {
    case SMCCC_ARCH_WORKAROUND_1:
        return 0;
    case SMCCC_ARCH_WORKAROUND_2:
        return SWITCHED;
    case SMCCC_ARCH_WORKAROUND_3:
        return 2;
    default:
        return FUNCTIONS;
    }
}

/** Whether the guest may switch what WORKAROUND_2 switches: it does so for all that run on the
 * CPU. */
static bool switches(void)
{
    return answers[SWITCHED] == WORKAROUND_NEEDED && !this_cpu.restricted;
}

SLOW int32_t workaround_feature(uint32_t function)
{
    unsigned place = place_of(function);

    if (place == FUNCTIONS) {
        return PSCI_NOT_SUPPORTED;
    }
    if (place == SWITCHED && answers[SWITCHED] == WORKAROUND_NEEDED && !switches()) {
        return WORKAROUND_NOT_NEEDED; /* it stays on, as the firmware has it at boot */
    }
    return answers[place];
}

SLOW int64_t workaround_call(uint32_t function, uint32_t argument)
{
    int32_t feature = workaround_feature(function);

    if (feature == WORKAROUND_NEEDED) {
        (void)ask(function, argument);
    }
    return feature < 0 ? PSCI_NOT_SUPPORTED : PSCI_SUCCESS;
}

SLOW void workaround_reset(void)
{
    if (switches()) {
        (void)ask(SMCCC_ARCH_WORKAROUND_2, 1);
    }
}
