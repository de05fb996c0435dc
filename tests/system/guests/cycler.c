/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that restarts its neighbour (peer.c), stops it at any moment of what it does, loads
 * another image and starts that, `count` times (a boot argument); the neighbour has to be seen
 * working each time, with the image that was loaded last. Prints
 *
 *     cycler: start
 *     cycler: restarts=N stops=N loads=N failures=N
 *     cycler: done
 */
#include "neighbours.h"

#include "kit/cpu.h"

#include "../../../bench/guests/variation.h"

#define STORE_MAX  (256U * 1024)
#define LONGEST_NS 200000U

static const enum peer_mode modes[] = {PEER_SPINS, PEER_SLEEPS, PEER_FLOODS};

static struct peer peer;
static uint64_t variation = VARIATION_START;
static uint32_t failures;

/** The image that the neighbour had at first, and where its mark is. */
static uint64_t image[STORE_MAX / sizeof(uint64_t)];
static struct peer_mark *mark;
static struct fdt_range store;

static void copy(uint64_t *to, const uint64_t *from)
{
    for (uint64_t i = 0; i < store.size / sizeof(*to); i++) {
        to[i] = from[i];
    }
}

static bool keep_image(void)
{
    if (!manager_store(peer.vm, &store) || store.size > sizeof(image)) {
        return false;
    }
    copy(image, (const uint64_t *)store.start);
    for (uint64_t *word = image; mark == NULL && word < image + store.size / sizeof(*word) - 2;
         word++) {
        if (word[0] == PEER_MARK_FIRST && word[1] == PEER_MARK_SECOND) {
            mark = (struct peer_mark *)word;
        }
    }
    return mark != NULL;
}

static void load(uint32_t version)
{
    mark->version = version;
    copy((uint64_t *)store.start, image);
}

static bool start(enum peer_mode mode, uint32_t command)
{
    uint32_t generation = peer.status->generation + 1;

    peer.page->mode = mode;
    peer.page->token++;
    return order(&peer, command) == MANAGER_OK && wait_for_start(&peer, generation);
}

/** Is it the image that was loaded last, with memory as at the first boot, and does it work? */
static bool works(enum peer_mode mode, uint32_t version)
{
    uint32_t round = peer.page->round;
    uint64_t end = timer_now() + 60 * timer_frequency();

    while (mode != PEER_SLEEPS && peer.page->round == round && timer_now() < end) {
        (void)hypercall(HC_DELAY, MS / 10, 0, 0);
    }
    return peer.page->version == version && peer.page->dirty == 0 &&
           (mode == PEER_SLEEPS || peer.page->round != round);
}

/** 1 if it was as it should be. */
static uint32_t note(bool ok, uint32_t cycle, const char *what)
{
    if (!ok && failures++ == 0) {
        printf("cycler: cycle %" PRIu32 " %s: FAILED, state %" PRIu32 " generation %" PRIu32
               " version %" PRIu32 " dirty %" PRIu32 "\n",
               cycle, what, peer.status->state, peer.status->generation, peer.page->version,
               peer.page->dirty);
    }
    return ok ? 1 : 0;
}

int main(void)
{
    uint32_t count = (uint32_t)machine_argument("count", 1);
    uint32_t restarts = 0;
    uint32_t stops = 0;
    uint32_t loads = 0;

    peer.name = hypercall_info()->channels[0].name;
    if (!open_peer(&peer) || !keep_image()) {
        puts("cycler: FAILED, there is no neighbour, or nothing to load for it");
        return 1;
    }
    cpu_interrupts_enable();
    (void)wait_for_start(&peer, 1);
    note(start(PEER_FLOODS, MANAGER_RESTART), 0, "restart");
    puts("cycler: start");
    for (uint32_t i = 1; i <= count; i++) {
        enum peer_mode mode = modes[variation_next(&variation, sizeof(modes) / sizeof(modes[0]))];

        restarts += note(start(mode, MANAGER_RESTART) && works(mode, i - 1), i, "restart");
        (void)hypercall(HC_DELAY, 1 + variation_next(&variation, LONGEST_NS), 0, 0);
        stops += note(stop(&peer), i, "stop");
        load(i);
        loads += note(start(mode, MANAGER_START) && works(mode, i), i, "load");
    }
    printf("cycler: restarts=%" PRIu32 " stops=%" PRIu32 " loads=%" PRIu32 " failures=%" PRIu32
           "\n",
           restarts, stops, loads, failures);
    puts("cycler: done");
    for (;;) {
        (void)hypercall(HC_DELAY, HC_FOREVER, 0, 0);
    }
}
