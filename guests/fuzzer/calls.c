/* SPDX-License-Identifier: Apache-2.0 */
/* See calls.h. */
#include "calls.h"

#include "guest.h"
#include "kit/cpu.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/smccc.h"

#define CALL_64        0x40000000U
#define PSCI_CPU_ON_32 0x84000003U
#define NUMBERS        0x24U /* of each base: a few more than there are */

static const uint64_t bases[] = {0x84000000, 0xc4000000, 0xc6000000, 0x86000000,
                                 0x80000000, 0xc0000000, 0xbf00ff00};
#define BASES (sizeof(bases) / sizeof(bases[0]))

bool call_is_power(uint64_t function)
{
    uint64_t low = function & ~(uint64_t)CALL_64 & UINT32_MAX;

    return low == (PSCI_CPU_OFF & ~CALL_64) || low == PSCI_SYSTEM_OFF || low == PSCI_SYSTEM_RESET ||
           low == PSCI_CPU_ON_32 || low == (PSCI_CPU_SUSPEND & ~CALL_64) ||
           ((uint32_t)function >= HC_YIELD && (uint32_t)function <= HC_EVENT_WAIT);
}

uint64_t call_function(uint32_t index)
{
    return index < BASES * NUMBERS ? (bases[index / NUMBERS] + index % NUMBERS) : 0;
}

/** An argument worth a try: an address in and around this VM's memory, an affinity, or any value.
 */
static uint64_t random_argument(struct random *random)
{
    const struct fdt_range *memory = &machine()->memory[0];
    uint64_t any = random_next(random);

    switch (random_below(random, 6)) {
    case 0:
        return memory->start + memory->size - any % 16;
    case 1:
        return memory->start - any % 16;
    case 2:
        return memory->start + any % memory->size;
    case 3:
        return machine()->cpus[any % machine()->cpu_count];
    default:
        return random_value(random);
    }
}

struct call call_random(struct random *random)
{
    struct call call = {
        .function = call_function((uint32_t)random_below(random, BASES * NUMBERS)),
        .arguments = {random_argument(random), random_argument(random), random_argument(random)},
        .smc = random_once(random, 2),
    };

    if (random_once(random, 2)) {
        call.function = bases[2] + random_below(random, 6);
    }
    if (random_once(random, 8)) {
        call.function |= random_next(random) << 32; /* numbers have 32 bits */
    }
    if (random_once(random, 16)) {
        call.function = random_next(random);
    }
    if (call_is_power(call.function) || call_is_power(call.function & UINT32_MAX)) {
        call.function = HC_NULL;
    }
    return call;
}

void call_do(const struct call *call)
{
    if (call->smc) {
        (void)smccc_smc(call->function, call->arguments[0], call->arguments[1], call->arguments[2]);
    } else {
        (void)smccc_hvc(call->function, call->arguments[0], call->arguments[1], call->arguments[2]);
    }
}
