/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that is told of lost VMs (neighbours.h). Each time that its doorbell rings it says what
 * it finds:
 *
 *     manager: told N
 *     manager: NAME state S reason R rung TIMES, orders A B C, goes on: yes|no
 *     manager: cpu N: faults COUNT vcpu V elr E exit-pc P
 *     manager: done N
 *
 * and after as many as its argument `losses` says, it stops who is left and goes off.
 */
#include "neighbours.h"

#include "kit/cpu.h"

#define CPUS 4U

static struct peer peers[] = {
    {.name = "hard"}, {.name = "pair"}, {.name = "mate"}, {.name = "other"}, {.name = "half"}};
static const enum peer_mode modes[] = {PEER_CALLS, PEER_CORES, PEER_CALLS, PEER_SPINS, PEER_SPINS};
#define PEERS (sizeof(peers) / sizeof(peers[0]))

static volatile uint32_t losses;

static void on_loss(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    losses++;
}

static bool goes_on(const struct peer *peer)
{
    uint32_t round = peer->page->round;
    uint64_t end = timer_now() + timer_frequency();

    while (peer->page->round == round && timer_now() < end) {
        (void)hypercall(HC_DELAY, MS / 10, 0, 0);
    }
    return peer->page->round != round;
}

static void tell(const struct peer *peer)
{
    printf("manager: %s state %" PRIu32 " reason %" PRIu32 " rung %" PRIu32, peer->name,
           peer->status->state, peer->status->reason, peer->told);
    if (peer->status->state == VM_STATUS_LOST) {
        printf(", orders %d %d %d", order(peer, MANAGER_START), order(peer, MANAGER_STOP),
               order(peer, MANAGER_RESTART));
    }
    printf(", goes on: %s\n", goes_on(peer) ? "yes" : "no");
}

static void tell_all(void)
{
    printf("manager: told %" PRIu32 "\n", losses);
    for (unsigned i = 0; i < PEERS; i++) {
        tell(&peers[i]);
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        const volatile struct engine_fault *fault = manager_fault(cpu);

        if (fault->count != 0) {
            printf("manager: cpu %" PRIu32 ": faults %" PRIu64 " vcpu %" PRIu64 " elr %#" PRIx64
                   " exit-pc %#" PRIx64 "\n",
                   cpu, fault->count, fault->vcpu, fault->elr, fault->exit_pc);
        }
    }
    printf("manager: done %" PRIu32 "\n", losses);
}

int main(void)
{
    uint32_t most = (uint32_t)machine_argument("losses", 1);

    cpu_interrupts_enable();
    for (unsigned i = 0; i < PEERS; i++) {
        if (!open_peer(&peers[i])) {
            return 0;
        }
    }
    for (unsigned i = 0; i < PEERS; i++) {
        if (!start_as(&peers[i], modes[i])) {
            printf("manager: FAILED, %s does not start\n", peers[i].name);
        }
    }
    for (unsigned i = 0; i < PEERS; i++) {
        peers[i].told = 0;
    }
    gic_set_handler(manager_doorbell(), on_loss, NULL);
    gic_enable(manager_doorbell());
    printf("manager: ready\n");
    for (uint32_t told = 0; told < most;) {
        if (losses == told) {
            cpu_wait_for_interrupt();
        }
        if (losses != told) {
            tell_all();
            told++;
        }
    }
    for (unsigned i = 0; i < PEERS; i++) {
        if (peers[i].status->state == VM_STATUS_RUNNING && !stop(&peers[i])) {
            printf("manager: FAILED, %s does not stop\n", peers[i].name);
        }
    }
    return 0;
}
