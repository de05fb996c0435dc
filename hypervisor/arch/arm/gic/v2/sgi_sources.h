/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sent an SGI to a vCPU with virtual interrupts. With a GICv2 the same SGI from two vCPUs is
 * two interrupts, and the guest reads in GICC_IAR whose it is (Arm IHI 0048B, 2.2.1).
 *
 * A sender first adds itself here, then says in vcpu_state.sgis that there is something. The CPU of
 * the vCPU takes one sender at a time into a list register, and puts it back when that is emptied.
 * So a sender is either here or in a list register, and an SGI that is pending in gic_vcpu.pending
 * has a sender here. What vcpu_state.sgis tells may be old: all that it tells of may have been had
 * already (sgi_not_had).
 */
#ifndef ARM_GICV2_SGI_SOURCES_H
#define ARM_GICV2_SGI_SOURCES_H

#include <stdatomic.h>
#include <stdint.h>

#include "core_local.h"
#include "gicv2.h"
#include "types.h"

#define SGI_COUNT 16U

/** Of one vCPU. */
struct sgi_sources {
    /* By SGI: a bit for each CPU interface, as the guest counts them, that it has come from. */
    _Alignas(CACHE_LINE) _Atomic(uint8_t) pending[SGI_COUNT];
    /* the interface that the one which the guest has begun came from; by its own CPU */
    uint8_t active[SGI_COUNT];
};

extern struct sgi_sources sgi_sources[PLAN_MAX_VCPUS]; /* by index in the plan */

void sgi_source_add(uint32_t target, uint32_t sgi);
uint32_t sgi_not_had(uint32_t vcpu, uint32_t sgis);
void sgi_sources_reset(uint32_t vcpu);

static inline bool sgi_has_one_source(uint32_t vcpu, uint32_t sgi)
{
    uint32_t sources = atomic_load_explicit(&sgi_sources[vcpu].pending[sgi], memory_order_relaxed);

    return sources != 0 && (sources & (sources - 1)) == 0;
}

static inline bool sgi_has_more(uint32_t vcpu, uint32_t intid)
{
    return intid < SGI_COUNT && atomic_load(&sgi_sources[vcpu].pending[intid]) != 0;
}

static inline uint32_t sgi_source_take(uint32_t vcpu, uint32_t sgi, uint32_t state)
{
    struct sgi_sources *sources = &sgi_sources[vcpu];

    if (state == LR_ACTIVE) {
        return (uint32_t)sources->active[sgi] << LR_SOURCE_SHIFT;
    }
    uint32_t interface =
        (uint32_t)__builtin_ctz(atomic_load(&sources->pending[sgi]) | 1U << LR_SOURCE_MASK);
    atomic_fetch_and(&sources->pending[sgi], (uint8_t) ~(1U << interface));
    return interface << LR_SOURCE_SHIFT;
}

static inline void sgi_source_keep(uint32_t vcpu, uint32_t list)
{
    struct sgi_sources *sources = &sgi_sources[vcpu];
    uint32_t interface = list >> LR_SOURCE_SHIFT & LR_SOURCE_MASK;

    if (LR_INTID(list) >= SGI_COUNT) {
        return;
    }
    if ((list & LR_PENDING) != 0) {
        atomic_fetch_or(&sources->pending[LR_INTID(list)], (uint8_t)(1U << interface));
    }
    if ((list & LR_ACTIVE) != 0) {
        sources->active[LR_INTID(list)] = (uint8_t)interface;
    }
}

#endif
