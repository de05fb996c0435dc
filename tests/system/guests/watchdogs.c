/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager beside neighbours with watchdogs (neighbours.h), on cores of their own: one is
 * restarted, one stopped, one only reported. The first two have direct interrupts and no timer.
 */
#include "neighbours.h"

#include "kit/cpu.h"

#define PERIOD_NS (1000 * MS) /* in the system's file */
#define LIMIT     3U          /* the same */

static struct peer dog = {.name = "dog"};
static struct peer stopper = {.name = "stopper"};
static struct peer logger = {.name = "logger"};

int main(void)
{
    bool ok;

    cpu_interrupts_enable();
    if (!open_peer(&dog) || !open_peer(&stopper) || !open_peer(&logger)) {
        return 0;
    }
    ok = start_as(&dog, PEER_PETS) && start_as(&logger, PEER_FIRST_NOT_PET) &&
         start_as(&stopper, PEER_PETS_BY_CALL);
    uint32_t generation = dog.status->generation;
    uint64_t end = timer_now() + timer_from_ns(4 * PERIOD_NS);

    while (timer_now() < end) {
        (void)hypercall(HC_DELAY, 10 * MS, 0, 0);
    }
    check(&dog, "lives while it is petted by stores", ok && dog.status->generation == generation);
    check(&stopper, "lives while it is petted by calls",
          ok && stopper.status->state == VM_STATUS_RUNNING);
    check(&logger, "lives though it is not petted",
          ok && logger.status->state == VM_STATUS_RUNNING);
    dog.page->hold = 1;
    stopper.page->hold = 1;
    check(&dog, "is restarted when it is not petted",
          wait_for(&dog.status->generation, generation + 1) &&
              dog.status->reason == VM_REASON_WATCHDOG);
    check(&stopper, "is stopped when it is not petted",
          wait_for(&stopper.status->state, VM_STATUS_OFF) &&
              stopper.status->reason == VM_REASON_WATCHDOG);
    check(&dog, "is stopped when that is too often",
          wait_for(&dog.status->state, VM_STATUS_OFF) && dog.status->reason == VM_REASON_LIMIT &&
              dog.status->generation == generation + LIMIT);
    check(&logger, "stops", stop(&logger));
    printf("manager: done\n");
    return 0;
}
