/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What life.c and mortal.c tell each other in their channel's memory.
 */
#ifndef BENCH_LIFE_H
#define BENCH_LIFE_H

#include <stdint.h>

/** What mortal.c does after its start, interrupts masked. */
enum mortal_mode {
    MORTAL_SPINS = 0,
    MORTAL_SLEEPS = 1, /* in WFI; nothing would wake it */
    /* rings and calls as fast as it can: it is in the hypervisor most of the time */
    MORTAL_FLOODS = 2,
    MORTAL_MODES = 3,
    MORTAL_CRASHES = 3, /* reads what is not its own, and spins when it is back */
};

struct life_page {
    /* by life.c; from MORTAL_CRASHES mortal.c changes it to MORTAL_SPINS */
    volatile uint32_t mode;
    volatile uint32_t ready; /* by mortal.c, when it does as told */
    volatile uint64_t first; /* by mortal.c: when its first instruction was executed */
    volatile uint64_t fault; /* and when it was about to crash */
};

#endif
