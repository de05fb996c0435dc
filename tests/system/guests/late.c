/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that stops a neighbour which can't be woken (neighbours.h): by its watchdog's period,
 * and by another command, the hypervisor's log tells of it.
 */
#include "neighbours.h"

#include "kit/cpu.h"

static struct peer dog = {.name = "dog"};

static void pass(uint64_t ms)
{
    uint64_t end = timer_now() + timer_from_ns(ms * MS);

    while (timer_now() < end) {
        (void)hypercall(HC_DELAY, 10 * MS, 0, 0);
    }
}

int main(void)
{
    bool ok;

    cpu_interrupts_enable();
    if (!open_peer(&dog)) {
        return 0;
    }
    ok = start_as(&dog, PEER_SLEEPS) && stop(&dog);
    check(&dog, "stops while it sleeps with its interface open", ok);
    ok = start_as(&dog, PEER_CLOSES);
    pass(200); /* it is asleep by then */
    check(&dog, "is asked to stop", ok && order(&dog, MANAGER_STOP) == MANAGER_OK);
    check(&dog, "is asked again at once", order(&dog, MANAGER_STOP) == MANAGER_ERR_STATE);
    printf("manager: asked\n");
    pass(3000);
    check(&dog, "has not stopped", dog.status->state == VM_STATUS_STOPPING);
    check(&dog, "is asked again", order(&dog, MANAGER_STOP) == MANAGER_ERR_STATE);
    printf("manager: done\n");
    for (;;) {
        pass(1000);
    }
}
