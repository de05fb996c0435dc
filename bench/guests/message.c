/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round trips of a message between two VMs. The one named ping sends 8 bytes and waits for them to
 * come back, ROUNDS times between moments 0 and 1; the one named pong sends back what it receives,
 * until it receives nothing. Both go off in the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kit/cpu.h"
#include "kit/hypercall.h"
#include "kit/message.h"
#include "kit/psci.h"
#include "kit/timer.h"

#include "section.h"

#define ROUNDS  1000U
#define WARM_UP 10U

static struct message_end end;

static uint32_t round_trips(uint32_t count)
{
    uint32_t lost = 0;

    for (uint64_t i = 1; i <= count; i++) {
        struct ring_message message;
        uint64_t back = 0;

        if (message_send(&end, &i, sizeof(i)) != RING_OK ||
            message_receive(&end, &back, sizeof(back), &message) != RING_OK || back != i) {
            lost++;
        }
    }
    return lost;
}

static void ping(void)
{
    uint32_t lost = round_trips(WARM_UP);
    uint64_t start = timer_now();

    MOMENT(0);
    lost += round_trips(ROUNDS);
    MOMENT(1);
    printf("message: rounds=%u lost=%" PRIu32 " ns=%" PRIu64 "\n", ROUNDS, lost,
           timer_to_ns(timer_now() - start));
    (void)message_send(&end, "", 0);
}

static void pong(void)
{
    struct ring_message message = {.length = 1};
    uint64_t word;

    while (message_receive(&end, &word, sizeof(word), &message) == RING_OK && message.length != 0) {
        (void)message_send(&end, &word, message.length);
    }
}

int main(void)
{
    if (!message_open(&end, "messages")) {
        puts("message: there is no channel");
        return 1;
    }
    cpu_interrupts_enable();
    if (strcmp(hypercall_info()->name, "ping") == 0) {
        ping();
    } else {
        pong();
    }
    psci_system_off();
}
