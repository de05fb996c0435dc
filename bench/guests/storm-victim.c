/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour on the shared core: it computes, and calls nobody, so each of its exits was caused
 * by somebody else. It notices them itself, too: an exception return opens the exclusive monitor
 * (Arm DDI 0487, B2.12.4), and the store that should close a round fails. So what is counted
 * doesn't rest on the hypervisor's word alone.
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/channel.h"

#include "storm.h"

#define INSTRUCTIONS 16

int main(void)
{
    const struct info_channel *channel = channel_open("felt");
    static uint32_t word;

    if (channel == NULL) {
        return 1;
    }
    struct storm_felt_page *page = (struct storm_felt_page *)channel->memory;
    for (;;) {
        uint32_t failed;
        uint32_t value;

        __asm__ volatile("ldxr %w0, [%2]\n\t"
                         ".rept %c3\n\tnop\n\t.endr\n\t"
                         "yield\n\t"
                         "stxr %w1, %w0, [%2]"
                         : "=&r"(value), "=&r"(failed)
                         : "r"(&word), "i"(INSTRUCTIONS)
                         : "memory");
        page->felt += failed;
        page->rounds++;
    }
}
