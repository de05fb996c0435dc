/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round trips of a message through two pipes, between two processes of a Linux with one CPU: what
 * bench/guests/message.c does between two VMs. The first program of that Linux (rdinit=); the machine goes off in the
 * end. Moment 1 comes only if no message was lost.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../section.h"

#define ROUNDS  1000U
#define WARM_UP 10U

/* As long as the kernel thinks that it has no entropy, each system call computes some: four fifths of a round trip.
 * Linux that runs for a while has it. */
static bool seed_random_numbers(void)
{
    struct {
        struct rand_pool_info info;
        uint32_t words[64];
    } seed = {
        .info = {.entropy_count = 8 * sizeof seed.words, .buf_size = sizeof seed.words}
    };
    int device = mknod("/random", S_IFCHR | 0600, makedev(1, 8)) == 0 ? open("/random", O_RDWR) : -1;

    return device >= 0 && ioctl(device, RNDADDENTROPY, &seed) == 0;
}

static void answer(int from, int to)
{
    uint64_t word;

    while (read(from, &word, sizeof word) == sizeof word && write(to, &word, sizeof word) == sizeof word)
        ;
}

static bool round_trips(int to, int from, uint32_t count)
{
    bool good = true;

    for (uint64_t i = 1; good && i <= count; i++) {
        uint64_t back = 0;

        good = write(to, &i, sizeof i) == sizeof i && read(from, &back, sizeof back) == sizeof back && back == i;
    }
    return good;
}

int main(void)
{
    int there[2];
    int back[2];

    if (seed_random_numbers() && pipe(there) == 0 && pipe(back) == 0) {
        if (fork() == 0)
            answer(there[0], back[1]);
        bool good = round_trips(there[1], back[0], WARM_UP);
        MOMENT(0);
        if (good && round_trips(there[1], back[0], ROUNDS))
            MOMENT(1);
    }
    return reboot(RB_POWER_OFF);
}
