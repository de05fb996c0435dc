/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells: whatever number a guest asks for, and whatever its store was, only a doorbell that the
 * VM has rings.
 */
#include "arch/arm64/doorbell_exit.c"
#include "doorbell.c"

#include "system.c"

static uint64_t now;
static uint32_t rung;

uint64_t clock_ns(void)
{
    return now;
}

void vcpu_skip_instruction(void)
{
    system_registers.elr_el2 += 4;
}

void interrupts_raise(intid_t intid)
{
    bool own = false;

    for (uint32_t i = 0; i < DOORBELLS; i++) {
        own |= i < this_cpu.vm->doorbells.count && system_doorbells[1][i].intid == intid.id;
    }
    prove(own, "only the VM's own doorbells ring");
    rung++;
}

static void limiters_proved(const struct limiter *before)
{
    for (uint32_t i = 0; i < PLAN_MAX_DOORBELLS; i++) {
        uint64_t was = before[i].next_ns;
        uint64_t is = limiters[i].next_ns;
        prove(is == was || (was <= now && is >= now),
              "who may not ring yet doesn't put it off; who rings does");
    }
}

int main(void)
{
    struct limiter before[PLAN_MAX_DOORBELLS];

    now = nondet_u64();
    system_any();
    for (uint32_t i = 0; i < PLAN_MAX_DOORBELLS; i++) {
        before[i].next_ns = nondet_u64();
        limiters[i].next_ns = before[i].next_ns;
    }
    uint64_t elr = system_registers.elr_el2;
    if (nondet_bool()) {
        uint64_t number = nondet_u64();
        int64_t result = doorbell_ring(number);

        prove(rung == (result == HC_OK ? 1 : 0), "it rings once, or the guest is told why not");
        prove(result == HC_OK || result == HC_ERR_AGAIN || result == HC_ERR_NOT_ALLOWED,
              "a result that the guest knows");
        prove((result == HC_ERR_NOT_ALLOWED) == (number >= this_cpu.vm->doorbells.count),
              "only what there is can be rung");
        prove(system_registers.elr_el2 == elr, "a call returns where it came from");
    } else {
        bool done = doorbell_exit();

        prove(done || rung == 0, "what is no doorbell's rings nothing");
        prove(system_registers.elr_el2 == elr + 4 * rung,
              "the guest goes on behind the store, or tries again");
    }
    limiters_proved(before);
    return 0;
}
