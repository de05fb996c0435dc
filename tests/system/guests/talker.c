/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talks to Linux by messages over its first channel, and goes wrong when it is told to. With -DTALKER_LOADED it is the
 * other program that is loaded in its place (tests/system/build.mk).
 *
 *     talker: started, generation N      of its end of the channel; the same goes out as a message
 *     talker: heard TEXT
 *
 * Each message is sent back with "echo: " before it; then these are obeyed: "spin" (for ever, interrupts masked),
 * "trespass" (a store to where it has nothing), "off".
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/mmu.h"
#include "ring.h"

#ifdef TALKER_LOADED
#define NAME "newcomer"
#else
#define NAME "talker"
#endif
#define TEXT_SIZE 256U
#define NOWHERE   0xa0000000 /* neither RAM nor a device of this VM's */

static const struct info_channel *channel;
static struct ring_end end;

static void doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context; /* it woke us up, that is all */
}

static void settle(int result)
{
    if (result == RING_DOORBELL)
        *(volatile uint32_t *)channel->peers[0].doorbell = 1;
    else if (result < 0)
        printf(NAME ": ring error %d\n", result);
}

static bool open_channel(void)
{
    const struct info_page *info = hypercall_info();

    if (info == NULL || info->channel_count == 0)
        return false;
    channel = &info->channels[0];
    if (!mmu_map(channel->memory, channel->memory, channel->memory_size, MMU_READ | MMU_WRITE) ||
        !mmu_map_device(channel->peers[0].doorbell, MMU_PAGE_SIZE))
        return false;
    gic_set_handler(channel->interrupt, doorbell, NULL);
    gic_set_edge(channel->interrupt, true);
    gic_enable(channel->interrupt);
    settle(ring_open(&end, (void *)channel->memory, channel->memory_size,
                     channel->member < channel->peers[0].member ? 0 : 1));
    return true;
}

static void say(const char *text)
{
    settle(ring_send(&end, text, (uint32_t)strlen(text)));
}

static void wait_for_message(void)
{
    cpu_interrupts_disable();
    if (ring_wait_to_receive(&end))
        cpu_wait_for_interrupt();
    cpu_interrupts_enable();
}

static void spin(void)
{
    cpu_interrupts_disable();
    for (;;)
        __asm__ volatile("");
}

static void trespass(void)
{
    if (mmu_map_device(NOWHERE, MMU_PAGE_SIZE))
        *(volatile uint32_t *)NOWHERE = 1;
}

static bool obey(const char *text)
{
    char answer[TEXT_SIZE + 8];

    printf(NAME ": heard %s\n", text);
    snprintf(answer, sizeof answer, "echo: %s", text);
    say(answer);
    if (strcmp(text, "spin") == 0)
        spin();
    if (strcmp(text, "trespass") == 0)
        trespass();
    return strcmp(text, "off") != 0;
}

int main(void)
{
    char text[TEXT_SIZE + 1];
    struct ring_message message;
    bool goes_on = true;

    if (!open_channel()) {
        printf(NAME ": there is no channel\n");
        return 1;
    }
    cpu_interrupts_enable();
    snprintf(text, sizeof text, NAME " started, generation %" PRIu32, end.generation);
    printf(NAME ": started, generation %" PRIu32 "\n", end.generation);
    say(text);
    while (goes_on) {
        int result = ring_receive(&end, text, TEXT_SIZE, &message);

        if (result >= 0) {
            settle(result);
            text[message.length] = '\0';
            goes_on = obey(text);
        } else if (result == RING_WOULD_BLOCK) {
            wait_for_message();
        } else {
            settle(ring_reset(&end));
        }
    }
    return 0;
}
