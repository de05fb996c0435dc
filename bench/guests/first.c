/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the clock has come when main() begins: from the machine's start on, so without a
 * hypervisor it is what the guest needs itself.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/timer.h"

int main(void)
{
    uint64_t ticks = timer_now();

    printf("first: ticks=%" PRIu64 "\n", ticks);
    return 0;
}
