/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which CPU needs what at its exits. Without anything of the machine, so that it runs on the host,
 * too (tests/unit).
 *
 * Source of the table: Arm, "Spectre-BHB: Speculative Target Reuse Attacks" (CVE-2022-23960), which
 * has the cores and the number of branches that fill each one's history.
 */
#include "speculation.h"
#include "workaround.h"

/* MIDR_EL1: the parts of Arm, whatever their revision. */
#define MIDR_PART      0xff00fff0U
#define ARM_PART(part) (0x41000000U | (part) << 4)

static const struct history {
    uint32_t part;
    uint32_t rounds;
} histories[] = {
    {ARM_PART(0xd07U), 8},                      /* Cortex-A57 */
    {ARM_PART(0xd08U), 8},                      /* Cortex-A72 */
    {ARM_PART(0xd0bU), 24},                     /* Cortex-A76 */
    {ARM_PART(0xd0cU), 24},                     /* Neoverse N1 */
    {ARM_PART(0xd0dU), 24},                     /* Cortex-A77 */
    {ARM_PART(0xd0eU), 24},                     /* Cortex-A76AE */
    {ARM_PART(0xd40U), 32},                     /* Neoverse V1 */
    {ARM_PART(0xd41U), 32},                     /* Cortex-A78 */
    {ARM_PART(0xd42U), 32},                     /* Cortex-A78AE */
    {ARM_PART(0xd44U), 32},                     /* Cortex-X1 */
    {ARM_PART(0xd47U), 32},                     /* Cortex-A710 */
    {ARM_PART(0xd48U), 32},                     /* Cortex-X2 */
    {ARM_PART(0xd49U), 32},                     /* Neoverse N2 */
    {ARM_PART(0xd4bU), 32},                     /* Cortex-A78C */
    {ARM_PART(0xd4cU), 32},                     /* Cortex-X1C */
    {ARM_PART(0xd4dU), 38},                     /* Cortex-A715 */
    {ARM_PART(0xd4eU), SPECULATION_MAX_ROUNDS}, /* Cortex-X3 */
    {ARM_PART(0xd4fU), SPECULATION_MAX_ROUNDS}, /* Neoverse V2 */
    {ARM_PART(0xd81U), 38},                     /* Cortex-A720 */
};

/** How many branches fill the history of the CPU with @midr; 0 if it is none of those. */
static uint32_t rounds_of(uint64_t midr)
{
    /* rounds: those of the table, at boot */
    for (unsigned i = 0; i < sizeof(histories) / sizeof(histories[0]); i++) {
        if ((midr & MIDR_PART) == histories[i].part) {
            return histories[i].rounds;
        }
    }
    return 0;
}

struct speculation_entry speculation_choose(const struct speculation_facts *facts)
{
    struct speculation_entry entry = {0, 0, false};

    if (facts->workaround_3 == WORKAROUND_NEEDED) {
        entry.call = SMCCC_ARCH_WORKAROUND_3; /* does what the first one does, too */
    } else if (facts->workaround_1 == WORKAROUND_NEEDED) {
        /* whatever history there is selects nothing any more */
        entry.call = SMCCC_ARCH_WORKAROUND_1;
    } else if (facts->workaround_3 == WORKAROUND_NOT_NEEDED || facts->keeps_history) {
        return entry;
    } else if (!facts->clears_history) {
        entry.rounds = rounds_of(facts->midr);
        entry.hardened = entry.rounds != 0;
        return entry;
    }
    entry.hardened = true;
    return entry;
}
