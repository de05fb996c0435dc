/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: the physical counter, and the EL2 physical timer (CNTHP, Arm DDI 0487, D12).
 */
#include "clock.h"

#include "core_local.h"
#include "cpu.h"
#include "sysreg.h"

#define NS_PER_SECOND  1000000000ULL
#define CNT_CTL_ENABLE 1U

/* Both as fixed-point numbers with 32 bits behind the point. */
static PERCPU struct clock_scale {
    uint64_t ns_per_tick;
    uint64_t ticks_per_ns;
} clock_factors;

static uint64_t scale(uint64_t value, uint64_t factor)
{
    return (uint64_t)((unsigned __int128)value * factor >> 32);
}

void clock_init(void)
{
    uint64_t frequency = cpu_counter_frequency();

    if (frequency == 0) {
        frequency = 1; /* a firmware that forgot CNTFRQ_EL0: times are wrong, nothing else breaks */
    }
    clock_factors.ns_per_tick = (NS_PER_SECOND << 32) / frequency;
    clock_factors.ticks_per_ns = (frequency << 32) / NS_PER_SECOND;
    clock_disarm();
}

struct clock_time clock_now(void)
{
    uint64_t ticks = read_sysreg(cntpct_el0);

    return (struct clock_time){ticks, scale(ticks, clock_factors.ns_per_tick)};
}

uint64_t clock_ns(void)
{
    return clock_now().ns;
}

uint64_t clock_ticks_to_ns(uint64_t ticks)
{
    unsigned __int128 ns = (unsigned __int128)ticks * clock_factors.ns_per_tick >> 32;

    return ns < CLOCK_NEVER ? (uint64_t)ns : CLOCK_NEVER;
}

void clock_disarm(void)
{
    write_sysreg(cnthp_ctl_el2, 0);
}

void clock_arm(uint64_t ns, struct clock_time now)
{
    /* From the difference: an error of the factors would grow with the time since boot. Both are
     * rounded down by less than 2^-26 of what is scaled, so this is not before @ns. */
    uint64_t left = __builtin_expect(ns > now.ns, 1) ? ns - now.ns : 0;
    unsigned __int128 scaled = (unsigned __int128)left * clock_factors.ticks_per_ns >> 32;
    uint64_t ticks = (uint64_t)scaled;

    if (ns == CLOCK_NEVER || scaled > UINT64_MAX ||
        __builtin_add_overflow(ticks, (ticks >> 26) + 2, &ticks) ||
        __builtin_add_overflow(ticks, now.ticks, &ticks)) {
        clock_disarm(); /* no counter gets there */
        return;
    }
    write_sysreg(cnthp_cval_el2, ticks);
    write_sysreg(cnthp_ctl_el2, CNT_CTL_ENABLE);
}
