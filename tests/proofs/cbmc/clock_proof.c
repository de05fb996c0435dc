/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times: whatever a guest asks for, the timer fires not before that, not at once and again and
 * again, and not at all where no counter gets. FREQUENCY: the counter's.
 */
#include "arch/arm64/clock.c"

struct system_registers system_registers;

uint64_t cpu_counter_frequency(void)
{
    return FREQUENCY;
}

static void sum_proved(void)
{
    uint64_t ns = nondet_u64();
    uint64_t duration = nondet_u64();
    uint64_t sum = clock_sum(ns, duration);

    prove(sum >= ns && sum >= duration, "a sum of times is not before its parts");
    prove(sum == CLOCK_NEVER || sum - ns == duration, "a sum of times is exact, or never");
}

static void arm_proved(void)
{
    uint64_t ns = nondet_u64();

    system_registers.cntpct_el0 = nondet_u64();
    /* 146 years since the machine started */
    assume(clock_ticks_to_ns(system_registers.cntpct_el0) < 1ULL << 62);
    struct clock_time now = clock_now();
    system_registers.cnthp_ctl_el2 = nondet_u64();
    clock_arm(ns, now);
    bool armed = (system_registers.cnthp_ctl_el2 & CNT_CTL_ENABLE) != 0;
    uint64_t fires = system_registers.cnthp_cval_el2;

    prove(!armed || fires > now.ticks, "the timer doesn't fire in the past");
    prove(!armed || clock_ticks_to_ns(fires) >= ns, "the timer doesn't fire too early");
    prove(!armed || ns != CLOCK_NEVER, "never is never");
    prove(armed || ns > 1ULL << 62, "what can be reached is waited for");
}

int main(void)
{
    clock_init();
    sum_proved();
    arm_proved();
    return 0;
}
