/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List registers: which interrupts of the loaded vCPU are in them, and which wait beside them (gic_state.h).
 *
 * Nothing is lost when a guest has more interrupts than list registers: the most urgent are in, the rest waits, and
 * the maintenance interrupt comes when there is room. It can't come for ever, for each time it moves something.
 */
#include "gicv3_lists.h"

#include <stdatomic.h>

#include "cpu.h"
#include "gicv3.h"
#include "gicv3_virtual_interface.h"
#include "mmio.h"

uint32_t gic_list_count PERCPU;
uint64_t gic_lists_empty PERCPU;

#define NONE UINT32_MAX

static const uint32_t nothing[GIC_WORDS];

/** The priority that the guest gave @intid: in the hardware for SPIs, kept for private ones. */
static uint8_t priority_of(const struct vcpu *vcpu, uint32_t intid)
{
    return intid < PLAN_FIRST_SPI ? LR_PRIORITY(gic_private_list(vcpu->private, intid))
                                  : mmio_read8(EL2_GICD + GICD_IPRIORITYR + intid);
}

/** The most urgent of the interrupts whose bits are set in @words and not in @but, of word 0 only those in @first; or
 * NONE. */
static uint32_t most_urgent_of(const struct vcpu *vcpu, const uint32_t *words, const uint32_t *but, uint32_t first)
{
    uint32_t best = NONE;
    uint32_t best_priority = 0x100;

    for (uint32_t n = 0; n < plan.gic.intid_count / 32; n++) {
        for (uint32_t bits = words[n] & ~but[n] & (n == 0 ? first : UINT32_MAX); bits != 0; bits &= bits - 1) {
            uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
            uint8_t priority = priority_of(vcpu, intid);
            if (priority < best_priority) {
                best_priority = priority;
                best = intid;
            }
        }
    }
    return best;
}

/** The most urgent one that waits and may be delivered, or NONE: a private one may have been disabled since, and what
 * is active comes again only after its end. */
static uint32_t most_urgent(const struct vcpu *vcpu)
{
    return most_urgent_of(vcpu, vcpu->gic.pending, vcpu->gic.active, atomic_load(&vcpu->private->enabled));
}

/** The list register that holds @intid, or NONE. */
static uint32_t list_of(uint32_t intid)
{
    for (uint32_t i = 0; i < gic_list_count; i++) {
        uint64_t list = list_read(i);
        if ((list & LR_STATE) != 0 && LR_INTID(list) == intid) {
            return i;
        }
    }
    return NONE;
}

static void keep_active(struct vcpu *vcpu, uint32_t intid)
{
    vcpu->gic.active[intid / 32] |= 1U << intid % 32;
    vcpu->gic.active_count++;
}

static void forget_active(struct vcpu *vcpu, uint32_t intid)
{
    vcpu->gic.active[intid / 32] &= ~(1U << intid % 32);
    vcpu->gic.active_count--;
}

static bool is_kept_active(const struct vcpu *vcpu, uint32_t intid)
{
    return (vcpu->gic.active[intid / 32] >> intid % 32 & 1) != 0;
}

static void keep_pending(struct vcpu *vcpu, uint32_t intid)
{
    vcpu->gic.pending[intid / 32] |= 1U << intid % 32;
    vcpu->gic.kept = true;
}

/** Makes room for an interrupt of @priority: a free list register; else the least urgent active one's, which the guest
 * ends without (EOIcount), and which may be pending again for afterwards; else the least urgent pending one's, if that
 * is less urgent. NONE: it must wait. */
static uint32_t list_make_room(struct vcpu *vcpu, uint8_t priority)
{
    isb(); /* what was written to list registers shows in ICH_ELRSR_EL2 */
    uint32_t empty = (uint32_t)read_icc(ICH_ELRSR_EL2);
    uint32_t victim = NONE;
    uint32_t victim_rank = priority;

    if (empty != 0) {
        return (uint32_t)__builtin_ctz(empty);
    }
    for (uint32_t i = 0; i < gic_list_count; i++) {
        uint64_t list = list_read(i);
        uint32_t rank = LR_PRIORITY(list) + ((list & LR_ACTIVE) != 0 ? 0x100U : 0U);
        if (rank > victim_rank) {
            victim_rank = rank;
            victim = i;
        }
    }
    if (victim != NONE) {
        uint64_t list = list_read(victim);
        if ((list & LR_ACTIVE) != 0) {
            keep_active(vcpu, LR_INTID(list));
        }
        if ((list & LR_PENDING) != 0) {
            keep_pending(vcpu, LR_INTID(list));
        }
    }
    return victim;
}

/** Moves @intid, which waits, into a list register. Returns false if there is no room for its priority. */
static bool list_fill(struct vcpu *vcpu, uint32_t intid)
{
    uint32_t present = list_of(intid);
    uint8_t priority = priority_of(vcpu, intid);
    uint32_t list = present != NONE ? present : list_make_room(vcpu, priority);
    uint64_t value = LR_PENDING | LR_GROUP1 | (uint64_t)priority << LR_PRIORITY_SHIFT | intid;

    if (list == NONE) {
        return false;
    }
    if (present != NONE) {
        value = list_read(list) | LR_PENDING;
    } else if (intid >= 16) {
        value |= LR_HW | (uint64_t)intid << LR_PINTID_SHIFT;
    }
    if ((value & (LR_HW | LR_STATE)) == (LR_HW | LR_STATE)) { /* a list register can't say that (12.4.5) */
        list_write(list, 0);
        keep_active(vcpu, intid);
        return true;
    }
    vcpu->gic.pending[intid / 32] &= ~(1U << intid % 32);
    list_write(list, value);
    return true;
}

static void end_kept(struct vcpu *vcpu, uint32_t intid)
{
    forget_active(vcpu, intid);
    if (intid >= 16 && (vcpu->gic.pending[intid / 32] >> intid % 32 & 1) == 0) {
        interrupt_deactivate(intid);
    }
}

/** Ends those that the guest has ended and that are in no list register (EOIcount). */
static void end_counted(struct vcpu *vcpu)
{
    uint32_t ended = (uint32_t)(read_icc(ICH_HCR_EL2) >> ICH_HCR_EOI_SHIFT & 0x1f);

    for (; ended > 0 && vcpu->gic.active_count > 0; ended--) {
        /* It ends them in the order of their urgency. */
        end_kept(vcpu, most_urgent_of(vcpu, vcpu->gic.active, nothing, UINT32_MAX));
    }
}

void lists_refill(struct vcpu *vcpu)
{
    uint64_t hcr = ICH_HCR_EN;

    if (vcpu->gic.active_count != 0) {
        end_counted(vcpu);
    }
    uint32_t intid = most_urgent(vcpu);

    while (intid != NONE && list_fill(vcpu, intid)) {
        intid = most_urgent(vcpu);
    }
    if (intid != NONE) {
        hcr |= ICH_HCR_NPIE;
    } else {
        vcpu->gic.kept = vcpu->gic.pending[0] != 0; /* disabled SGIs may be left */
    }
    if (vcpu->gic.active_count != 0) {
        hcr |= ICH_HCR_LRENPIE | ICH_HCR_TDIR;
    }
    write_icc(ICH_HCR_EL2, hcr); /* EOIcount is 0 again: those were dealt with */
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    vcpu->gic.pending[n] |= bits;
    vcpu->gic.kept = true;
    if (this_cpu.vcpu == vcpu) {
        lists_refill(vcpu);
    }
}

void lists_activate(struct vcpu *vcpu, uint32_t bits)
{
    for (bits &= ~vcpu->gic.active[0]; bits != 0; bits &= bits - 1) {
        uint32_t intid = (uint32_t)__builtin_ctz(bits);
        uint32_t list = list_of(intid);
        uint64_t value = list == NONE ? 0 : list_read(list);
        if ((value & LR_ACTIVE) != 0) {
            continue;
        }
        if ((value & LR_PENDING) != 0) {
            list_write(list, 0);
            keep_pending(vcpu, intid);
        }
        keep_active(vcpu, intid);
    }
    lists_refill(vcpu);
}

void lists_deactivate(struct vcpu *vcpu, uint32_t intid)
{
    uint32_t list = list_of(intid);

    if (list != NONE) {
        uint64_t value = list_read(list);
        if ((value & LR_ACTIVE) != 0) {
            list_write(list, (value & LR_PENDING) != 0 ? value & ~LR_ACTIVE : 0);
            if ((value & (LR_HW | LR_PENDING)) == LR_HW) {
                interrupt_deactivate(intid);
            }
        }
    } else if (intid < plan.gic.intid_count && is_kept_active(vcpu, intid)) {
        end_kept(vcpu, intid);
    }
    lists_refill(vcpu);
}

/** Gives interrupt @intid, which is not an SGI, back to the hardware. Returns whether it is pending there. */
static bool give_back(uint32_t intid)
{
    uint64_t bank = intid < PLAN_FIRST_SPI ? gic_redistributor(this_cpu.index) + GICR_SGI_FRAME : EL2_GICD;
    uint32_t bit = 1U << intid % 32;

    mmio_write32(bank + GICD_ICACTIVER + intid / 32 * 4, bit);
    return (mmio_read32(bank + GICD_ISPENDR + intid / 32 * 4) & bit) != 0;
}

/** Makes SPI @intid pending in the hardware, where it was taken from. */
static void pend_again(uint32_t intid)
{
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid / 32 * 4, 1U << intid % 32);
}

/** Takes the pending ones of @mask among word @n out of the list registers: now they wait. */
static void unlist_pending(struct vcpu *vcpu, uint32_t n, uint32_t mask)
{
    for (uint32_t i = 0; i < gic_list_count; i++) {
        uint64_t list = list_read(i);
        uint32_t intid = LR_INTID(list);
        if ((list & LR_PENDING) != 0 && intid / 32 == n && (mask >> intid % 32 & 1) != 0) {
            list_write(i, (list & LR_ACTIVE) != 0 ? list & ~LR_PENDING : 0);
            keep_pending(vcpu, intid);
        }
    }
}

void lists_retire(struct vcpu *vcpu, uint32_t n, uint32_t mask, bool again)
{
    uint32_t stay = 0;

    unlist_pending(vcpu, n, mask);
    for (uint32_t bits = vcpu->gic.pending[n] & mask; bits != 0; bits &= bits - 1) {
        uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
        bool there = intid >= 16 && !is_kept_active(vcpu, intid) && give_back(intid);
        if (!again || there) {
            continue; /* a level is there by itself */
        }
        if (intid < PLAN_FIRST_SPI) {
            stay |= 1U << intid; /* the hardware's private interrupts are the neighbours', too */
        } else {
            pend_again(intid);
        }
    }
    vcpu->gic.pending[n] = (vcpu->gic.pending[n] & ~mask) | stay;
    lists_refill(vcpu);
}

/** Interrupt @intid, pending if @pending, is no longer @vcpu's. */
static void drop(uint32_t intid, bool pending)
{
    /* The private ones of the hardware are the loaded vCPU's; they are cleared and set right at a switch. */
    if (intid >= PLAN_FIRST_SPI && !give_back(intid) && pending) {
        pend_again(intid);
    }
}

/** The list registers of @vcpu, which is not loaded: those with pending SPIs are emptied, the SPIs wait. */
static void unlist_saved(struct vcpu *vcpu)
{
    for (uint32_t used = vcpu->gic.used; used != 0; used &= used - 1) {
        uint64_t list = vcpu->gic.lists[__builtin_ctz(used)];
        if ((list & LR_PENDING) != 0 && LR_INTID(list) >= PLAN_FIRST_SPI) {
            vcpu->gic.used &= ~(used & -used);
            keep_pending(vcpu, LR_INTID(list));
        }
    }
}

void lists_recall(struct vcpu *vcpu)
{
    bool loaded = this_cpu.vcpu == vcpu;

    if (!loaded) {
        unlist_saved(vcpu);
    }
    for (uint32_t n = PLAN_FIRST_SPI / 32; n < plan.gic.intid_count / 32; n++) {
        if (loaded) {
            unlist_pending(vcpu, n, UINT32_MAX);
        }
        for (; vcpu->gic.pending[n] != 0; vcpu->gic.pending[n] &= vcpu->gic.pending[n] - 1) {
            drop(32 * n + (uint32_t)__builtin_ctz(vcpu->gic.pending[n]), true);
        }
    }
    if (loaded) {
        lists_refill(vcpu);
    }
}

void lists_drop(struct vcpu *vcpu)
{
    struct gic_vcpu *gic = &vcpu->gic;

    for (; gic->used != 0; gic->used &= gic->used - 1) {
        uint64_t list = gic->lists[__builtin_ctz(gic->used)];
        drop(LR_INTID(list), (list & LR_PENDING) != 0);
    }
    for (uint32_t n = 0; n < plan.gic.intid_count / 32; n++) {
        for (uint32_t bits = gic->pending[n] | gic->active[n]; bits != 0; bits &= bits - 1) {
            uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
            drop(intid, (gic->pending[n] >> intid % 32 & 1) != 0);
        }
        gic->pending[n] = 0;
        gic->active[n] = 0;
    }
    gic->active_count = 0;
    gic->kept = false;
}

/** Those of word @n that are in list registers with all of @state. */
static uint32_t lists_in_state(uint32_t n, uint64_t state)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < gic_list_count; i++) {
        uint64_t list = list_read(i);
        if ((list & state) != 0 && LR_INTID(list) / 32 == n) {
            found |= 1U << LR_INTID(list) % 32;
        }
    }
    return found;
}

uint32_t lists_pending(const struct vcpu *vcpu, uint32_t n)
{
    return vcpu->gic.pending[n] | lists_in_state(n, LR_PENDING);
}

uint32_t lists_active(const struct vcpu *vcpu, uint32_t n)
{
    return vcpu->gic.active[n] | lists_in_state(n, LR_ACTIVE);
}

bool lists_any_pending(const struct vcpu *vcpu)
{
    if (vcpu->gic.kept && most_urgent(vcpu) != NONE) {
        return true;
    }
    for (uint32_t i = 0; i < gic_list_count; i++) {
        if ((list_read(i) & LR_STATE) == LR_PENDING) { /* one that is active, too, can't be taken yet */
            return true;
        }
    }
    return false;
}
