/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generic timer's system registers (Arm DDI 0487, D12.2).
 */
#include "kit/timer.h"

#include "kit/machine.h"
#include "kit/sysreg.h"

#define CTL_ENABLE 1U /* and not masked */
#define CTL_OFF    0U
#define NS_PER_S   UINT64_C(1000000000)

uint64_t timer_frequency(void)
{
    uint64_t frequency = SYSREG_READ(cntfrq_el0);

    return frequency != 0 ? frequency : machine()->timer_frequency;
}

uint64_t timer_now(void)
{
    __asm__ volatile("isb" : : : "memory"); /* the counter may be read ahead otherwise (D12.2.1) */
    return SYSREG_READ(cntvct_el0);
}

uint64_t timer_to_ns(uint64_t ticks)
{
    uint64_t frequency = timer_frequency();

    return ticks / frequency * NS_PER_S + ticks % frequency * NS_PER_S / frequency;
}

uint64_t timer_from_ns(uint64_t ns)
{
    return ns * timer_frequency() / NS_PER_S;
}

uint32_t timer_intid(enum timer timer)
{
    return machine()
        ->timer_intids[timer == TIMER_VIRTUAL ? MACHINE_TIMER_VIRTUAL : MACHINE_TIMER_PHYSICAL];
}

void timer_set(enum timer timer, uint64_t deadline)
{
    if (timer == TIMER_VIRTUAL) {
        SYSREG_WRITE(cntv_cval_el0, deadline);
        SYSREG_WRITE(cntv_ctl_el0, CTL_ENABLE);
    } else {
        SYSREG_WRITE(cntp_cval_el0, deadline);
        SYSREG_WRITE(cntp_ctl_el0, CTL_ENABLE);
    }
    /* the old level must be gone before the interrupt is ended */
    __asm__ volatile("isb" : : : "memory");
}

void timer_stop(enum timer timer)
{
    if (timer == TIMER_VIRTUAL) {
        SYSREG_WRITE(cntv_ctl_el0, CTL_OFF);
    } else {
        SYSREG_WRITE(cntp_ctl_el0, CTL_OFF);
    }
    __asm__ volatile("isb" : : : "memory");
}
