/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes the doorbells of bench/guests/bell.c, 2 * RINGS of them, in section 5 or, on channel
 * virtual, 6. The channel has the VM's own name.
 */
#include <string.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"

#include "doorbell.h"
#include "section.h"

static struct bell_page *page;

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    page->taken = page->sent; /* there may be one more, which tells that the sender has started */
}

int main(void)
{
    const struct info_channel *channel = channel_open(hypercall_info()->name);

    page = (struct bell_page *)channel->memory;
    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    if (strcmp(channel->name, "direct") == 0) {
        SECTION_BEGIN(5);
    } else {
        SECTION_BEGIN(6);
    }
    cpu_interrupts_enable();
    page->ready = 1;
    while (page->taken < 2 * RINGS) {
        cpu_interrupts_disable();
        if (page->taken < 2 * RINGS) {
            cpu_wait_for_interrupt();
        }
        cpu_interrupts_enable();
    }
    SECTION_END();
    page->ready = 0;
    for (;;) {
        cpu_wait_for_interrupt();
    }
}
