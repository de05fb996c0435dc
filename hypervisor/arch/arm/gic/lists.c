/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List registers: which interrupts of the loaded vCPU are in them, and which wait beside them
 * (gic_state.h).
 *
 * Whatever is not the common case is done in one way: lists_drain takes all out of the list
 * registers, so that two bits tell an interrupt's state; these are changed; lists_fill puts the
 * most urgent ones back. Nothing is lost when a guest has more interrupts than list registers: the
 * rest waits, and the maintenance interrupt comes when there is room. It can't come for ever, for
 * each time it moves something.
 */
#include "lists.h"

#include <stdatomic.h>

#include "core_local.h"
#include "cpu.h"
#include "gic_local.h"
#include "interface.h"
#include "mmio.h"

PERCPU struct gic_cpu gic_cpu;

#define INTID_MASK 0xffffU /* of a key */

static const uint32_t nothing[GIC_WORDS];

/** Of what order @intid is: priority << 16 | INTID. The priority is what the guest gave it: in
 * the hardware for SPIs, kept for private ones. */
static uint32_t key_of(const struct vcpu *vcpu, uint32_t intid)
{
    uint32_t priority = intid < PLAN_FIRST_SPI ? LR_PRIORITY(gic_private_list(vcpu->private, intid))
                                               : mmio_read8(EL2_GICD + GICD_IPRIORITYR + intid);

    return priority << 16 | intid;
}

/** The most urgent of the interrupts whose bits are set in @words and not in @but, of word 0 only
 * those in @first: the keys of up to @room of them, in their order, go to @found. Returns how
 * many there are in all. */
static uint32_t most_urgent(const struct vcpu *vcpu, const uint32_t *words, const uint32_t *but,
                            uint32_t first, uint32_t *found, uint32_t room)
{
    uint32_t count = 0;

    for (uint32_t n = 0; n < plan.gic.intid_count / 32; n++) { /* bound: INTID_WORDS */
        /* bound: 32, in all VM_INTERRUPTS in lists_fill */
        for (uint32_t bits = words[n] & ~but[n] & (n == 0 ? first : UINT32_MAX); bits != 0;
             bits &= bits - 1) {
            uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
            uint32_t key = key_of(vcpu, intid);
            uint32_t at = count < room ? count : room;
            for (; at > 0 && found[at - 1] > key; at--) { /* bound: ROOM */
                if (at < room) {
                    found[at] = found[at - 1];
                }
            }
            if (at < room) {
                found[at] = key;
            }
            count++;
        }
    }
    return count;
}

/** The same of those that wait and may be delivered: a private one may have been disabled since,
 * and what is active comes again only after its end. */
static uint32_t most_urgent_waiting(const struct vcpu *vcpu, uint32_t *found, uint32_t room)
{
    /* bound: ROOM = ROOM */
    return most_urgent(vcpu, vcpu->gic.pending, vcpu->gic.active,
                       atomic_load(&vcpu->private->enabled), found, room);
}

static void active_add(struct vcpu *vcpu, uint32_t intid)
{
    vcpu->gic.active[intid / 32] |= 1U << intid % 32;
    vcpu->gic.active_count++;
}

static void active_remove(struct vcpu *vcpu, uint32_t intid)
{
    vcpu->gic.active[intid / 32] &= ~(1U << intid % 32);
    vcpu->gic.active_count--;
}

static void active_end(struct vcpu *vcpu, uint32_t intid)
{
    /* The hardware's private interrupts are the loaded vCPU's. */
    bool here = intid >= PLAN_FIRST_SPI || (intid >= 16 && this_cpu.vcpu == vcpu);

    active_remove(vcpu, intid);
    if (here && (vcpu->gic.pending[intid / 32] >> intid % 32 & 1) == 0) {
        gic_deactivate(intid);
        if (intid >= PLAN_FIRST_SPI) {
            spi_unmute(vcpu->vm, intid, MUTE_AGAIN);
        }
    }
}

/** Ends those that the guest has ended and that are in no list register: EOIcount of @hcr, which
 * is vif_control. */
static void end_counted(struct vcpu *vcpu, uint64_t hcr)
{
    uint32_t ended = (uint32_t)(hcr >> VIF_EOI_SHIFT & VIF_EOI_MASK);
    uint32_t first;

    /* It ends them in the order of their urgency. */
    /* bound: EOIS_AT_ONCE, ROOM = 1, EOIS_BEFORE_EXIT in exit_synchronous_stored,
     * EOIS_BEFORE_EXIT in exit_stage2, EOIS_BEFORE_EXIT in exit_unexpected, EOIS_BEFORE_EXIT in
     * sched_run, EOIS_AT_ONCE in vm_attend, EOIS_AT_ONCE in lists_drain */
    for (; ended > 0 && most_urgent(vcpu, vcpu->gic.active, nothing, UINT32_MAX, &first, 1) != 0;
         ended--) {
        active_end(vcpu, first & INTID_MASK);
    }
}

/** Takes everything out of the list registers of @vcpu to `pending` and `active`: out of the
 * hardware's if it is @loaded, which are to be filled again then, else out of the saved ones. */
static void lists_drain(struct vcpu *vcpu, bool loaded)
{
    struct gic_vcpu *gic = &vcpu->gic;
    uint32_t used = gic->used;

    if (loaded) {
        isb(); /* what was written to list registers shows in lr_empty */
        used = (uint32_t)(gic_cpu.lists_empty & ~lr_empty());
        end_counted(vcpu, vif_control());
    } else {
        end_counted(vcpu, gic->hcr);
        gic->hcr &= ~(VIF_EOI_MASK << VIF_EOI_SHIFT);
    }
    for (; used != 0; used &= used - 1) { /* bound: LIST_REGISTERS */
        uint32_t i = (uint32_t)__builtin_ctz(used);
        lr_t list = loaded ? lr_read(i) : gic->lists[i];
        sgi_source_keep(vcpu->index, list);
        if ((list & LR_ACTIVE) != 0) {
            active_add(vcpu, LR_INTID(list));
        }
        if ((list & LR_STATE) == 0) { /* the end of one that was muted */
            active_add(vcpu, LR_INTID(list));
            active_end(vcpu, LR_INTID(list)); /* bound: MUTED in lists_drain */
        }
        if ((list & LR_PENDING) != 0) {
            gic->pending[LR_INTID(list) / 32] |= 1U << LR_INTID(list) % 32;
        }
        if (loaded) {
            lr_write(i, 0);
        }
    }
    gic->used = 0;
    gic->overflowed = true;
}

/** The list register for the interrupt with key @found, in @state. The hardware ends it with the
 * guest; a muted one, by @spis of its VM, EL2 ends itself, for it is to be unmuted then. */
static inline lr_t list_value(const struct vcpu *vcpu, const struct gic_spis *spis, uint32_t found,
                              lr_t state)
{
    uint32_t intid = found & INTID_MASK;
    lr_t list = lr_encode(intid, found >> 16, state);
    uint32_t muted =
        atomic_load_explicit(&spis->muted[MUTE_AGAIN][intid / 32], memory_order_relaxed);

    if (intid < 16) {
        return list | sgi_source_take(vcpu->index, intid, state);
    }
    return list | ((muted >> intid % 32 & 1) != 0 ? LR_END_TOLD : lr_of_hardware(intid));
}

/** Puts the most urgent pending ones into the list registers, then active ones. What is both
 * stays beside them until the guest has ended it: for hardware interrupts, a list register can't
 * say that (12.4.5). */
static void lists_fill(struct vcpu *vcpu)
{
    struct gic_vcpu *gic = &vcpu->gic;
    const struct gic_spis *spis = &gic_spis[plan_vm_index(vcpu->vm)];
    uint64_t hcr = VIF_EN;
    uint32_t found[GIC_MAX_LIST_REGISTERS];
    /* bound: ROOM = LIST_REGISTERS */
    uint32_t waiting = most_urgent_waiting(vcpu, found, gic_cpu.list_count);
    uint32_t i = 0;

    for (; i < gic_cpu.list_count && i < waiting; i++) { /* bound: LIST_REGISTERS */
        gic->pending[(found[i] & INTID_MASK) / 32] &= ~(1U << found[i] % 32);
        lr_write(i, list_value(vcpu, spis, found[i], LR_PENDING));
        /* another vCPU's of the same number */
        if (sgi_has_more(vcpu->index, found[i] & INTID_MASK)) {
            gic->pending[0] |= 1U << found[i] % 32;
            hcr |= VIF_NPIE;
        }
    }
    if (i < waiting) {
        hcr |= VIF_NPIE;
    }
    /* private ones may be left that are disabled, or active */
    gic->overflowed = i < waiting || gic->pending[0] != 0;
    if (gic->active_count != 0) {
        /* bound: ROOM = LIST_REGISTERS */
        uint32_t active =
            most_urgent(vcpu, gic->active, gic->pending, UINT32_MAX, found, gic_cpu.list_count - i);
        /* bound: LIST_REGISTERS */
        for (uint32_t n = 0; i < gic_cpu.list_count && n < active; n++, i++) {
            active_remove(vcpu, found[n] & INTID_MASK);
            lr_write(i, list_value(vcpu, spis, found[n], LR_ACTIVE));
        }
    }
    if (gic->active_count != 0) {
        hcr |= VIF_LRENPIE | VIF_TDIR;
    }
    vif_set_control(hcr); /* EOIcount is 0 again: those were dealt with */
}

void lists_refill(struct vcpu *vcpu)
{
    lists_drain(vcpu, true);
    lists_fill(vcpu);
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    vcpu->gic.pending[n] |= bits;
    vcpu->gic.overflowed = true;
    if (this_cpu.vcpu == vcpu) {
        lists_refill(vcpu); /* bound: LOADED in vm_attend */
    }
}

void lists_activate(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_drain(vcpu, true);
    for (bits &= ~vcpu->gic.active[n]; bits != 0; bits &= bits - 1) { /* bound: WORD_INTERRUPTS */
        active_add(vcpu, 32 * n + (uint32_t)__builtin_ctz(bits));
    }
    lists_fill(vcpu);
}

void lists_end(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_drain(vcpu, true);
    for (bits &= vcpu->gic.active[n]; bits != 0; bits &= bits - 1) { /* bound: WORD_INTERRUPTS */
        active_end(vcpu, 32 * n + (uint32_t)__builtin_ctz(bits));
    }
    lists_fill(vcpu);
}

void gic_guest_deactivate(uint64_t intid)
{
    if (intid < plan.gic.intid_count) {
        lists_end(this_cpu.vcpu, (uint32_t)intid / 32, 1U << intid % 32);
    }
}

/** Gives interrupt @intid of @vm, which is not an SGI, back to the hardware. Returns whether it
 * is pending there. */
static bool give_back(const struct plan_vm *vm, uint32_t intid)
{
    uint64_t bank = intid < PLAN_FIRST_SPI ? gic_private_bank(this_cpu.index) : EL2_GICD;
    uint32_t bit = 1U << intid % 32;

    mmio_write32(bank + GICD_ICACTIVER + intid / 32 * 4, bit);
    bool pending = (mmio_read32(bank + GICD_ISPENDR + intid / 32 * 4) & bit) != 0;
    if (intid >= PLAN_FIRST_SPI) {
        spi_unmute(vm, intid, MUTE_AGAIN);
    }
    return pending;
}

/** Makes SPI @intid pending in the hardware, where it was taken from. */
static void pend_again(uint32_t intid)
{
    mmio_write32(EL2_GICD + GICD_ISPENDR + intid / 32 * 4, 1U << intid % 32);
}

void lists_retire(struct vcpu *vcpu, uint32_t n, uint32_t mask, bool again)
{
    uint32_t stay = 0;

    lists_drain(vcpu, true);
    /* bound: WORD_INTERRUPTS */
    for (uint32_t bits = vcpu->gic.pending[n] & mask; bits != 0; bits &= bits - 1) {
        uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
        bool there = intid >= 16 && (vcpu->gic.active[n] >> intid % 32 & 1) == 0 &&
                     give_back(vcpu->vm, intid);
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
    lists_fill(vcpu);
}

/** Gives what is pending from interrupt 32 @n on back to the hardware and, if @all, what is
 * active. SPIs stay pending there. The private ones of the hardware are the loaded vCPU's: they
 * are cleared and set right at a switch. */
static void lists_return(struct vcpu *vcpu, uint32_t n, bool all)
{
    struct gic_vcpu *gic = &vcpu->gic;

    for (; n < plan.gic.intid_count / 32; n++) { /* bound: INTID_WORDS */
        /* bound: 32, in all VM_SPIS */
        for (uint32_t bits = gic->pending[n] | (all ? gic->active[n] : 0); n > 0 && bits != 0;
             bits &= bits - 1) {
            uint32_t intid = 32 * n + (uint32_t)__builtin_ctz(bits);
            /* pending again after its end */
            bool stays = !all && (gic->active[n] >> intid % 32 & 1) != 0;
            if ((stays || !give_back(vcpu->vm, intid)) &&
                (gic->pending[n] >> intid % 32 & 1) != 0) {
                pend_again(intid);
            }
        }
        gic->pending[n] = 0;
        gic->active[n] = all ? 0 : gic->active[n];
    }
}

void lists_recall(struct vcpu *vcpu, uint32_t sgis)
{
    bool loaded = this_cpu.vcpu == vcpu;

    lists_drain(vcpu, loaded);
    lists_return(vcpu, PLAN_FIRST_SPI / 32, false);
    vcpu->gic.pending[0] |= sgis;
    if (loaded) {
        lists_fill(vcpu); /* bound: LOADED in vm_attend */
    }
}

void lists_drop(struct vcpu *vcpu)
{
    lists_drain(vcpu, false);
    lists_return(vcpu, 0, true);
    vcpu->gic.active_count = 0;
    vcpu->gic.overflowed = false;
}

bool lists_have(const struct vcpu *vcpu, uint32_t intid)
{
    const struct gic_vcpu *gic = &vcpu->gic;
    bool loaded = this_cpu.vcpu == vcpu;
    uint64_t used = loaded ? gic_cpu.lists_empty & ~lr_empty() : gic->used;
    bool found = ((gic->pending[intid / 32] | gic->active[intid / 32]) >> intid % 32 & 1) != 0;

    for (; used != 0 && !found; used &= used - 1) { /* bound: LIST_REGISTERS */
        uint32_t i = (uint32_t)__builtin_ctzll(used);
        found = LR_INTID(loaded ? lr_read(i) : gic->lists[i]) == intid;
    }
    return found;
}

/** Those of word @n that are in list registers with all of @state. */
static uint32_t lists_in_state(uint32_t n, lr_t state)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < gic_cpu.list_count; i++) { /* bound: LIST_REGISTERS */
        lr_t list = lr_read(i);
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

bool interrupts_pending(struct vcpu *vcpu)
{
    gic_look_again();
    /* An end may not have been dealt with yet: who sleeps now would not hear of it, nor get that
     * interrupt again. */
    if (vif_is_due()) {
        lists_refill(vcpu); /* bound: if ENDS_UNHEARD */
    }
    if (vcpu->gic.overflowed && most_urgent_waiting(vcpu, NULL, 0) != 0) { /* bound: ROOM = 0 */
        return true;
    }
    /* bound: LIST_REGISTERS */
    for (uint64_t used = gic_cpu.lists_empty & ~lr_empty(); used != 0; used &= used - 1) {
        if ((lr_read((uint64_t)__builtin_ctzll(used)) & LR_STATE) ==
            LR_PENDING) { /* one that is active, too, can't be taken yet */
            return true;
        }
    }
    return false;
}
