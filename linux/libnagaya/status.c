/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <stdbool.h>

static struct vm_status copy(const struct vm_status *page)
{
    return (struct vm_status){
        .state = __atomic_load_n(&page->state, __ATOMIC_ACQUIRE),
        .generation = __atomic_load_n(&page->generation, __ATOMIC_ACQUIRE),
        .reason = __atomic_load_n(&page->reason, __ATOMIC_ACQUIRE),
        .time = __atomic_load_n(&page->time, __ATOMIC_ACQUIRE),
    };
}

static bool same(const struct vm_status *a, const struct vm_status *b)
{
    return a->state == b->state && a->generation == b->generation && a->reason == b->reason &&
           a->time == b->time;
}

/* A change takes the hypervisor a few stores; twice the same is no copy of half a change. It
 * can't go on for long. */
struct vm_status status_read(const void *page)
{
    struct vm_status status = copy(page);

    for (int tries = 0; tries < 1000; tries++) {
        struct vm_status again = copy(page);

        if (same(&status, &again)) {
            break;
        }
        status = again;
    }
    return status;
}
