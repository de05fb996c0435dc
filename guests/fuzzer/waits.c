/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that wait, with extreme values: see steps.h. */
#include "guest.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/sysreg.h"
#include "kit/timer.h"
#include "steps.h"

#define GUARD_NS UINT64_C(300000)

enum wait {
    WAIT_WFI,
    WAIT_WFE,
    WAIT_YIELD,
    WAIT_DELAY,
    WAIT_EVENT,
    WAIT_COMPARE, /* WFI with the other timer at an extreme */
    WAITS
};

void step_guard(struct random *random)
{
    step_repair();
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(1 + random_below(random, GUARD_NS)));
}

/** Times about which a sum could be wrong. */
static uint64_t extreme_time(struct random *random)
{
    static const uint64_t times[] = {
        0,
        1,
        HC_INTERVAL_MIN - 1,
        HC_INTERVAL_MIN,
        HC_INTERVAL_MAX,
        HC_INTERVAL_MAX + 1,
        INT64_MAX,
        UINT64_MAX,
    };

    if (random_once(random, 3)) {
        return UINT64_MAX - random_value(random);
    }
    return times[random_below(random, sizeof(times) / sizeof(times[0]))];
}

/** Addresses of this VM's memory, its end, others', not aligned; a word that is 0 only for a
 * while. */
static uint64_t event_address(struct random *random)
{
    const struct fdt_range *memory = &machine()->memory[0];

    switch (random_below(random, 6)) {
    case 0:
        return memory->start + memory->size;
    case 1:
        return memory->start + memory->size - 2;
    case 2:
        return random_next(random);
    default:
        return (uint64_t)&step_word;
    }
}

static void do_wait(struct random *random, enum wait wait, bool guarded)
{
    uint64_t address = event_address(random);

    switch (wait) {
    case WAIT_WFE:
        __asm__ volatile("wfe" : : : "memory");
        break;
    case WAIT_YIELD:
        (void)hypercall(HC_YIELD, random_next(random), 0, 0);
        break;
    case WAIT_DELAY:
        (void)hypercall(HC_DELAY, guarded ? extreme_time(random) : HC_FOREVER, 0, 0);
        break;
    case WAIT_EVENT: /* no interrupt ends it */
        if (guarded && address == (uint64_t)&step_word) {
            step_word = 1;
        }
        (void)hypercall(HC_EVENT_WAIT, address, extreme_time(random), 0);
        break;
    case WAIT_COMPARE:
        SYSREG_WRITE(cntp_cval_el0, UINT64_MAX - random_value(random) % 4);
        SYSREG_WRITE(cntp_ctl_el0, 1);
        __asm__ volatile("isb\n\twfi" : : : "memory");
        SYSREG_WRITE(cntp_ctl_el0, 0);
        break;
    default:
        __asm__ volatile("dsb sy\n\twfi" : : : "memory");
        break;
    }
}

void step_wait(struct random *random, bool guarded)
{
    enum wait wait = (enum wait)random_below(random, WAITS);

    step_note(STEP_WAIT, wait, guarded);
    if (guarded) {
        step_guard(random);
    } else if (step_is_direct()) {
        /* who masks all and sleeps is out of reach, for a restart too: docs/decisions/0005 */
        step_repair();
    }
    do_wait(random, wait, guarded);
    timer_stop(TIMER_VIRTUAL);
}
