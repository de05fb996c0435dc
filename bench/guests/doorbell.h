/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bell.c and bell-taker.c tell each other in their channel's memory.
 */
#ifndef BENCH_DOORBELL_H
#define BENCH_DOORBELL_H

#include <stdint.h>

#define RINGS 1000U

struct bell_page {
    volatile uint32_t ready; /* by the receiver: it is in its section */
    volatile uint32_t sent;  /* by the sender: doorbells so far, before each */
    volatile uint32_t taken; /* by the receiver: the same, when one came */
};

#endif
