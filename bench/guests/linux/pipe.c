/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round trips of a message through two pipes, between two processes of a Linux with one CPU: what
 * bench/guests/message.c does between two VMs. The first program of that Linux (rdinit=); the
 * machine goes off in the end. Moment 1 comes only if no message was lost.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "../section.h"
#include "entropy.h"

#define ROUNDS  1000U
#define WARM_UP 10U

static void answer(int from, int to)
{
    uint64_t word;

    while (read(from, &word, sizeof(word)) == sizeof(word) &&
           write(to, &word, sizeof(word)) == sizeof(word))
        ;
}

static bool round_trips(int to, int from, uint32_t count)
{
    bool good = true;

    for (uint64_t i = 1; good && i <= count; i++) {
        uint64_t back = 0;

        good = write(to, &i, sizeof(i)) == sizeof(i) &&
               read(from, &back, sizeof(back)) == sizeof(back) && back == i;
    }
    return good;
}

int main(void)
{
    int there[2];
    int back[2];

    if (entropy_credit() && pipe(there) == 0 && pipe(back) == 0) {
        if (fork() == 0) {
            answer(there[0], back[1]);
        }
        bool good = round_trips(there[1], back[0], WARM_UP);
        MOMENT(0);
        if (good && round_trips(there[1], back[0], ROUNDS)) {
            MOMENT(1);
        }
    }
    return reboot(RB_POWER_OFF);
}
