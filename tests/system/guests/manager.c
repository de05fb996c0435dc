/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that rings, stops, restarts and starts its neighbours (neighbours.h) whatever they do:
 * one on cores of its own, one on this core, one that crashes.
 */
#include "neighbours.h"

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define RINGS       1000U
#define ROUNDS      10U
#define INTERVAL_NS (100 * MS) /* of channel slow, in the system's file */

static struct peer hard = {.name = "hard"};
static struct peer mate = {.name = "mate"};
static struct peer crasher = {.name = "crasher"};

static volatile uint32_t faults;

static bool on_exception(struct exception_frame *frame)
{
    faults++;
    frame->pc += 4;
    return true;
}

static void ring_it(struct peer *peer, bool by_call)
{
    peer->page->data++;
    if (by_call) {
        (void)channel_ring_now(&peer->channel->peers[0]);
    } else {
        channel_ring(&peer->channel->peers[0]);
    }
}

static void try_doorbells(struct peer *peer)
{
    bool ok = start_as(peer, PEER_COUNTS);

    for (uint32_t i = 1; ok && i <= RINGS; i++) {
        ring_it(peer, i % 2 == 0);
        ok = wait_for(&peer->page->rings, i) && peer->page->seen == peer->page->data;
    }
    peer->page->hold = 1;
    ok = ok && wait_for(&peer->page->ready, 0);
    check(peer, "doorbells are taken one by one", ok);
    /* On a shared core it is not told of those that interrupts cause: they may be its
     * neighbours'. */
    check(peer, "doorbells cost the receiver no exit that it sees", peer->page->exits == 0);
    check(peer, "stops", stop(peer));
    check(peer, "is off and can't be stopped", order(peer, MANAGER_STOP) == MANAGER_ERR_STATE);
    ring_it(peer, false);
    uint32_t generation = peer->status->generation + 1;
    peer->page->hold = 0;
    peer->page->token++;
    ok = order(peer, MANAGER_START) == MANAGER_OK && wait_for_start(peer, generation);
    check(peer, "a doorbell is kept while the receiver is off",
          ok && wait_for(&peer->page->rings, 1) && peer->page->seen == peer->page->data);
    check(peer, "runs and can't be started", order(peer, MANAGER_START) == MANAGER_ERR_STATE);
}

/** Stops, starts and restarts @peer while it does what @mode says. */
static void try_mode(struct peer *peer, enum peer_mode mode, const char *name)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < ROUNDS; i++) {
        uint32_t told = peer->told;

        ok = start_as(peer, mode) && peer->told != told;
        if (mode == PEER_STAYS_ACTIVE) {
            ring_it(peer, false);
            ok = ok && wait_for(&peer->page->rings, 1);
        }
        if (i % 2 == 0) {
            ok = ok && stop(peer);
        }
    }
    check(peer, name, ok && peer->page->dirty == 0);
}

/** Stops @peer at any moment of its restart. */
static void try_stop_in_restart(struct peer *peer)
{
    bool ok = true;
    uint32_t refused = 0;

    for (unsigned i = 0; ok && i < 4 * ROUNDS; i++) {
        uint64_t until = timer_now() + timer_from_ns((i * i * 7 % 1000) * MS / 1000);

        ok = start_as(peer, PEER_SPINS) && order(peer, MANAGER_RESTART) == MANAGER_OK;
        while (timer_now() < until)
            ;
        while (order(peer, MANAGER_STOP) != MANAGER_OK) {
            refused++; /* it has just gone on to its next state */
        }
        ok = ok && refused < 100 && wait_for(&peer->status->state, VM_STATUS_OFF);
    }
    check(peer, "stops while it restarts",
          ok && start_as(peer, PEER_COUNTS) && peer->page->dirty == 0);
}

static volatile bool rung;
static volatile bool interrupted_before;

static void on_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    interrupted_before = !rung;
}

static void try_interval(void)
{
    const struct info_channel *slow = channel_open("slow");
    const struct info_peer *peer = &slow->peers[0];
    bool again = false;

    gic_set_handler(timer_intid(TIMER_VIRTUAL), on_timer, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    channel_ring(peer);
    uint64_t from = timer_now();
    for (unsigned i = 0; !again && i < 100; i++) {
        again = channel_ring_now(peer) == HC_ERR_AGAIN;
    }
    check(&hard, "a call that rings too soon is refused", again);
    channel_ring(peer);
    from = timer_now();
    rung = false;
    timer_set(TIMER_VIRTUAL, from + timer_from_ns(MS));
    channel_ring(peer);
    rung = true;
    /* The earlier ring was before `from`, so this one may come that little earlier. */
    check(&hard, "a store that rings too soon waits",
          timer_to_ns(timer_now() - from) > INTERVAL_NS / 2);
    check(&hard, "its sender is interrupted meanwhile", interrupted_before);
}

static void try_bad_commands(void)
{
    volatile struct manager_page *page = manager_open();
    uint32_t count = page->count;
    uint64_t word = (uint64_t)&page->commands[mate.vm];
    uint32_t vms = (uint32_t)machine_argument("vms", 0);

    check(&mate, "starts", start_as(&mate, PEER_COUNTS));
    check(&mate, "no such command",
          order(&mate, 0) == MANAGER_ERR_COMMAND && order(&mate, 4) == MANAGER_ERR_COMMAND &&
              order(&mate, UINT32_MAX) == MANAGER_ERR_COMMAND);
    (void)order(&mate, MANAGER_START);
    mmio_write64(word & ~UINT64_C(7), MANAGER_STOP);
    check(&mate, "a command of 64 bits",
          page->results[(word & ~UINT64_C(7)) % MMU_PAGE_SIZE / 4] == MANAGER_ERR_COMMAND);
    mmio_write8(word, MANAGER_STOP);
    check(&mate, "a command of 8 bits", page->results[mate.vm] == MANAGER_ERR_COMMAND);
    check(&mate, "commands are counted", page->count == count + 7);
    faults = 0;
    mmio_write32((uint64_t)&page->commands[vms], MANAGER_STOP);
    check(&mate, "a command for a VM that is none", faults == 1);
    mmio_write32((uint64_t)page + MMU_PAGE_SIZE - 4, MANAGER_STOP);
    check(&mate, "a command at the page's end", faults == 2);
    mmio_write32((uint64_t)&page->results[mate.vm], MANAGER_OK);
    check(&mate, "a store to the results",
          faults == 3 && page->results[mate.vm] == MANAGER_ERR_COMMAND);
    __asm__ volatile("stp wzr, wzr, [%0]" : : "r"(word) : "memory");
    check(&mate, "a pair of commands", faults == 4);
    check(&mate, "commands read as nothing", page->commands[mate.vm] == 0);
    check(&mate, "goes on", mate.status->state == VM_STATUS_RUNNING && page->count == count + 7);
}

static void try_trespass(void)
{
    uint32_t count = manager_open()->count;
    bool ok;

    mate.page->command = (uint32_t)(uint64_t)manager_open();
    ok = start_as(&mate, PEER_TRESPASSES);
    check(&mate, "rings and commands only what it may",
          ok && mate.page->faults == 7 && mate.page->seen == (uint32_t)HC_ERR_NOT_ALLOWED);
    check(&mate, "commands nothing", manager_open()->count == count + 1); /* our own */
}

/** Counts restarts until it stays off. */
static void try_limit(struct peer *peer, enum peer_mode mode, uint32_t limit)
{
    uint32_t before = peer->status->generation;
    bool ok = start_as(peer, mode);

    ok = ok && wait_for(&peer->status->state, VM_STATUS_OFF);
    check(peer, "is stopped when it was restarted too often",
          ok && peer->status->reason == VM_REASON_LIMIT &&
              peer->status->generation == before + 1 + limit);
    before = peer->status->generation;
    ok = order(peer, MANAGER_START) == MANAGER_OK &&
         wait_for(&peer->status->generation, before + 1) &&
         wait_for(&peer->status->state, VM_STATUS_OFF);
    check(peer, "may fail as often again after the manager's start",
          ok && peer->status->reason == VM_REASON_LIMIT &&
              peer->status->generation == before + 1 + limit);
}

int main(void)
{
    exception_set_handler(on_exception);
    cpu_interrupts_enable();
    if (!open_peer(&hard) || !open_peer(&mate) || !open_peer(&crasher)) {
        return 0;
    }
    check(&hard, "starts", wait_for_start(&hard, 1));
    check(&hard, "its pages agree",
          manager_status(hard.vm)->generation == 1 && hard.status->generation == 1);
    try_doorbells(&hard);
    try_doorbells(&mate);
    try_interval();
    try_mode(&hard, PEER_SPINS, "stops and restarts while it spins");
    try_mode(&hard, PEER_SLEEPS, "stops and restarts while it sleeps");
    try_mode(&hard, PEER_FLOODS, "stops and restarts while it floods");
    try_mode(&hard, PEER_STAYS_ACTIVE, "stops and restarts in its handler");
    try_mode(&hard, PEER_CORES, "stops and restarts on two cores");
    try_mode(&hard, PEER_NO_SGIS, "stops and restarts without its SGIs");
    try_mode(&mate, PEER_SPINS, "stops and restarts while it spins");
    try_mode(&mate, PEER_SLEEPS, "stops and restarts while it sleeps");
    try_mode(&mate, PEER_FLOODS, "stops and restarts while it floods");
    try_mode(&mate, PEER_STAYS_ACTIVE, "stops and restarts in its handler");
    try_stop_in_restart(&hard);
    try_stop_in_restart(&mate);
    check(&hard, "goes off by itself",
          start_as(&hard, PEER_GOES_OFF) && wait_for(&hard.status->state, VM_STATUS_OFF) &&
              hard.status->reason == VM_REASON_SELF);
    try_bad_commands();
    try_trespass();
    try_limit(&crasher, PEER_CRASHES, 3);
    check(&hard, "stops again", start_as(&hard, PEER_SPINS) && stop(&hard));
    check(&mate, "stops again", stop(&mate));
    printf("manager: done\n");
    return 0; /* the last VM: the machine goes off */
}
