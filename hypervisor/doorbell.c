/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells: see doorbell.h.
 */
#include "doorbell.h"

#include <stdatomic.h>

#include "clock.h"
#include "core_local.h"
#include "cpu.h"
#include "guest.h"
#include "interrupts.h"
#include "vcpu.h"

/** When a doorbell may be rung next, in ns: by its senders, who compare and exchange. Each has a
 * cache line of its own, or one VM's exclusive accesses would be broken by another's. */
struct limiter {
    _Alignas(CACHE_LINE) _Atomic(uint64_t) next_ns;
};

static SHARED struct limiter limiters[PLAN_MAX_DOORBELLS];

/** Whether @doorbell may be rung now: then the next one has to wait for its interval. It is tried
 * once; if that fails, another core of the VM rings it at the same time. */
static inline bool limiter_pass(const struct plan_doorbell *doorbell)
{
    _Atomic(uint64_t) *next_ns = &limiters[doorbell->limiter].next_ns;
    uint64_t before = atomic_load_explicit(next_ns, memory_order_relaxed);
    uint64_t now = clock_ns();

    return now >= before && atomic_compare_exchange_weak_explicit(
                                next_ns, &before, clock_sum(now, doorbell->interval_ns),
                                memory_order_relaxed, memory_order_relaxed);
}

/** Rings doorbell @number of the loaded vCPU's VM, which has it. */
static inline int64_t ring(uint64_t number)
{
    const struct plan_doorbell *doorbell =
        (const struct plan_doorbell *)plan_array(this_cpu.vm->doorbells) + number;

    if (doorbell->interval_ns != 0 && !limiter_pass(doorbell)) {
        return HC_ERR_AGAIN;
    }
    interrupts_raise((intid_t){doorbell->intid});
    return HC_OK;
}

int64_t doorbell_ring(uint64_t number)
{
    return number < this_cpu.vm->doorbells.count ? ring(number) : HC_ERR_NOT_ALLOWED;
}

bool doorbell_store(guest_addr_t page)
{
    uint64_t number = (page.ipa - this_cpu.vm->doorbell_ipa) / PLAN_PAGE_SIZE;

    if (number >= this_cpu.vm->doorbells.count) {
        return false;
    }
    if (ring(number) == HC_OK) {
        vcpu_skip_instruction();
    }
    return true; /* too soon: the guest tries again, and takes its interrupts before */
}
