/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talks to Linux by messages over its first channel, and goes wrong when it is told to. With
 * -DTALKER_LOADED it is the other program that is loaded in its place (tests/system/build.mk).
 *
 *     talker: started, generation N      of its end of the channel; the same goes out as a message
 *     talker: heard TEXT
 *     talker: full after N               messages of "fill"
 *
 * Each message is sent back with "echo: " before it; then these are obeyed: "spin" (for ever,
 * interrupts masked), "trespass" (a store to where it has nothing), "off", "fill" (the channel,
 * with messages "fill: N", until one has no room).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/hypercall.h"
#include "kit/message.h"
#include "kit/mmu.h"

#ifdef TALKER_LOADED
#define NAME "newcomer"
#else
#define NAME "talker"
#endif
#define TEXT_SIZE 256U
#define NOWHERE   0xa0000000 /* neither RAM nor a device of this VM's */

static struct message_end end;

static void say(const char *text)
{
    int result = message_send(&end, text, (uint32_t)strlen(text));

    if (result != RING_OK) {
        printf(NAME ": ring error %d\n", result);
    }
}

static void spin(void)
{
    cpu_interrupts_disable();
    for (;;) {
        __asm__ volatile("");
    }
}

static void trespass(void)
{
    if (mmu_map_device(NOWHERE, MMU_PAGE_SIZE)) {
        *(volatile uint32_t *)NOWHERE = 1;
    }
}

static void fill(void)
{
    char text[TEXT_SIZE];
    unsigned count = 0;
    int length;

    do {
        length = snprintf(text, sizeof(text), "fill: %u", ++count);
    } while (message_try_send(&end, text, (uint32_t)length) == RING_OK);
    printf(NAME ": full after %u\n", count - 1);
}

static bool obey(const char *text)
{
    char answer[TEXT_SIZE + 8];

    printf(NAME ": heard %s\n", text);
    snprintf(answer, sizeof(answer), "echo: %s", text);
    say(answer);
    if (strcmp(text, "spin") == 0) {
        spin();
    }
    if (strcmp(text, "fill") == 0) {
        fill();
    }
    if (strcmp(text, "trespass") == 0) {
        trespass();
    }
    return strcmp(text, "off") != 0;
}

int main(void)
{
    char text[TEXT_SIZE + 1];
    struct ring_message message;
    bool goes_on = true;

    if (hypercall_info()->channel_count == 0 ||
        !message_open(&end, hypercall_info()->channels[0].name)) {
        printf(NAME ": there is no channel\n");
        return 1;
    }
    snprintf(text, sizeof(text), NAME " started, generation %" PRIu32, end.ring.generation);
    printf(NAME ": started, generation %" PRIu32 "\n", end.ring.generation);
    say(text);
    while (goes_on) {
        int result = message_try_receive(&end, text, TEXT_SIZE, &message);

        if (result == RING_OK) {
            text[message.length] = '\0';
            goes_on = obey(text);
        } else if (result == RING_WOULD_BLOCK) {
            message_wait_to_receive(&end);
        } else {
            (void)message_settle(&end, ring_reset(&end.ring));
        }
    }
    return 0;
}
