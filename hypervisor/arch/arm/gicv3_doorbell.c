/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: doorbells. One is rung by making its SPI pending in the distributor, which sends it where it is routed.
 */
#include <stdatomic.h>

#include "clock.h"
#include "cpu.h"
#include "data_abort_iss.h"
#include "doorbell.h"
#include "gic.h"
#include "gicv3.h"
#include "guest.h"
#include "mmio.h"
#include "sysreg.h"
#include "vcpu.h"

/** When each may be rung next, in ns; by its senders. */
static _Atomic(uint64_t) next_ring[PLAN_MAX_DOORBELLS] SHARED;

static inline void pend(uint32_t intid)
{
    dsb_ishst(); /* the receiver finds what the sender stored */
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid / 32 * 4, 1U << intid % 32);
}

void gic_pend(intid_t intid)
{
    pend(intid.id);
}

/** Whether @doorbell may be rung now; then not again within its interval. Of two at the same time one may. */
static inline bool in_time(const struct plan_doorbell *doorbell)
{
    _Atomic(uint64_t) *next = &next_ring[doorbell->limiter];
    uint64_t now = clock_ns();
    uint64_t from = atomic_load_explicit(next, memory_order_relaxed);

    return now >= from && atomic_compare_exchange_weak_explicit(next, &from, now + doorbell->interval_ns,
                                                                memory_order_relaxed, memory_order_relaxed);
}

static inline int64_t ring(const struct plan_doorbell *doorbell)
{
    if (doorbell->interval_ns != 0 && !in_time(doorbell)) {
        return HC_ERR_AGAIN;
    }
    pend(doorbell->intid);
    return HC_OK;
}

int64_t doorbell_ring(uint64_t number)
{
    const struct plan_vm *vm = this_cpu.vm;

    return number < vm->doorbells.count ? ring((const struct plan_doorbell *)plan_array(vm->doorbells) + number)
                                        : HC_ERR_NOT_ALLOWED;
}

bool doorbell_exit(uint64_t esr)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t number = ((read_sysreg(hpfar_el2) << 8) - vm->doorbell_ipa) / PLAN_PAGE_SIZE;

    if (number >= vm->doorbells.count || (esr & ISS_STORE_FIELDS) != ISS_STORE_WORD) {
        return false;
    }
    if (ring((const struct plan_doorbell *)plan_array(vm->doorbells) + number) == HC_OK) {
        vcpu_skip_instruction();
    }
    return true;
}
