/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A side of an exchange of messages (../exchange/side.h) as a program on Linux, the manager, which
 * restarts the other side at random moments meanwhile:
 *
 *     exchange CHANNEL COUNT GAP        GAP: the longest time between two restarts, in ms
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../exchange/side.h"
#include "nagaya.h"

#define PATIENCE_MS 60000

static int fail(void)
{
    printf("exchange: %s\n", nagaya_error());
    return 1;
}

/** Restarts @name for ever; the same seed, the same times. */
static int restart(const char *name, unsigned gap_ms)
{
    struct nagaya_manager manager;
    uint32_t vm;
    unsigned seed = 1;

    if (!nagaya_manager_open(&manager, false) || !nagaya_vm_find(&manager, name, &vm)) {
        return fail();
    }
    for (;;) {
        struct vm_status before = nagaya_vm_status(&manager, vm);

        usleep(1000 + (unsigned)rand_r(&seed) % (1000 * gap_ms));
        if (before.state == VM_STATUS_OFF) {
            return 0; /* the exchange is over there */
        }
        if (nagaya_vm_command(&manager, vm, MANAGER_RESTART)) {
            (void)nagaya_vm_wait(&manager, vm, MANAGER_RESTART, before, PATIENCE_MS);
        }
    }
}

static int exchange_all(struct nagaya_channel *channel, uint64_t count)
{
    struct exchange exchange;

    if (!exchange_begin(&exchange, channel->memory, channel->memory_size, channel->member, count)) {
        return fail();
    }
    nagaya_channel_ring(channel, 0);
    while (!exchange_is_over(&exchange)) {
        unsigned found = exchange_turn(&exchange);

        if ((found & EXCHANGE_RING) != 0) {
            nagaya_channel_ring(channel, 0);
        }
        if ((found & EXCHANGE_MOVED) == 0 && !exchange_is_over(&exchange) &&
            exchange_wait(&exchange) && nagaya_channel_wait(channel, PATIENCE_MS) != NAGAYA_RUNG) {
            exchange_tell(&exchange);
            return fail();
        }
    }
    nagaya_channel_ring(channel, 0);
    exchange_tell(&exchange);
    return 0;
}

int main(int argc, char **argv)
{
    struct nagaya_channel channel;

    if (argc != 4) {
        printf("exchange: CHANNEL COUNT GAP\n");
        return 2;
    }
    if (!nagaya_channel_open(argv[1], &channel) || !nagaya_channel_lock(&channel)) {
        return fail();
    }
    pid_t restarter = fork();
    if (restarter == 0) {
        return restart(channel.peers[0].vm, (unsigned)atoi(argv[3]));
    }
    int status = exchange_all(&channel, strtoull(argv[2], NULL, 0));
    kill(restarter, SIGTERM);
    (void)waitpid(restarter, NULL, 0);
    return status;
}
