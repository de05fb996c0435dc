/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs of a vCPU with virtual interrupts, each from each sender: whatever is done to its list
 * registers (OP), what is pending stays so, once. Of each SGI and sender there is one bit in
 * sgi_sources, or a list register; and where there is a bit, the SGI is pending beside the list
 * registers (sgi_sources.h).
 *
 * A few SGIs, from a few senders, for two list registers: in any state of these.
 */
#include "arch/arm/gic/lists.c"
#include "arch/arm/gic/v2/sgi.c"

#include "system.c"

#define LISTS      2U
#define SGIS_HERE  3U
#define INTERFACES 3U

struct gic_spis gic_spis[PLAN_MAX_VMS];

static uint32_t lists[LISTS];
static uint32_t control;

uint64_t devices_read(uint64_t address, unsigned size)
{
    uint32_t empty = 0;

    prove(size == 4, "a word");
    if (address == EL2_GICH + GICH_HCR) {
        return control;
    }
    if (address == EL2_GICH + GICH_ELRSR) {
        for (uint32_t i = 0; i < LISTS; i++) {
            empty |= (lists[i] & LR_STATE) == 0 ? 1U << i : 0;
        }
        return empty;
    }
    prove(address >= EL2_GICH + GICH_LR && address < EL2_GICH + GICH_LR + 4 * LISTS,
          "a list register that there is");
    return lists[(address - EL2_GICH - GICH_LR) / 4];
}

void devices_write(uint64_t address, unsigned size, uint64_t value)
{
    prove(size == 4, "a word");
    if (address == EL2_GICH + GICH_HCR) {
        control = (uint32_t)value;
        return;
    }
    prove(address >= EL2_GICH + GICH_LR && address < EL2_GICH + GICH_LR + 4 * LISTS,
          "a list register that there is");
    lists[(address - EL2_GICH - GICH_LR) / 4] = (uint32_t)value;
}

void spi_unmute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    (void)vm, (void)intid, (void)why;
    prove(false, "an SGI is no SPI");
}

/** How often @sgi from @interface is pending. */
static uint32_t times_pending(uint32_t sgi, uint32_t interface)
{
    uint32_t found = sgi_sources[loaded.index].pending[sgi] >> interface & 1;

    for (uint32_t i = 0; i < LISTS; i++) {
        found += (lists[i] & LR_PENDING) != 0 && LR_INTID(lists[i]) == sgi &&
                 (lists[i] >> LR_SOURCE_SHIFT & LR_SOURCE_MASK) == interface;
    }
    return found;
}

/** The same of who sent the one that the guest has begun; INTERFACES: it has begun none. */
static uint32_t begun_from(uint32_t sgi)
{
    for (uint32_t i = 0; i < LISTS; i++) {
        if ((lists[i] & LR_ACTIVE) != 0 && LR_INTID(lists[i]) == sgi) {
            return lists[i] >> LR_SOURCE_SHIFT & LR_SOURCE_MASK;
        }
    }
    return (loaded.gic.active[0] >> sgi & 1) != 0 ? sgi_sources[loaded.index].active[sgi]
                                                  : INTERFACES;
}

/** Whether SGI @sgi is where it may be. */
static bool is_sound(uint32_t sgi)
{
    bool kept = (loaded.gic.pending[0] >> sgi & 1) != 0;
    bool begun = (loaded.gic.active[0] >> sgi & 1) != 0;
    uint32_t listed = 0;

    for (uint32_t i = 0; i < LISTS; i++) {
        listed += (lists[i] & LR_STATE) != 0 && LR_INTID(lists[i]) == sgi;
    }
    return listed <= 1 && (listed == 0 || !begun) &&
           kept == (sgi_sources[loaded.index].pending[sgi] != 0) &&
           (!kept || loaded.gic.overflowed);
}

static void state_any(void)
{
    uint32_t active = nondet_u32() & ((1U << SGIS_HERE) - 1);

    system_any();
    assume(this_cpu.virtual_interrupts);
    plan.gic.intid_count = 32;
    gic_cpu.list_count = LISTS;
    gic_cpu.lists_empty = (1U << LISTS) - 1;
    control = nondet_u32() & ~(VIF_EOI_MASK << VIF_EOI_SHIFT);
    loaded.private->enabled = nondet_u32();
    loaded.gic.pending[0] = nondet_u32() & ((1U << SGIS_HERE) - 1);
    loaded.gic.active[0] = active;
    loaded.gic.active_count = (uint16_t)((active & 1) + (active >> 1 & 1) + (active >> 2 & 1));
    loaded.gic.overflowed = nondet_bool();
    for (uint32_t i = 0; i < LISTS; i++) {
        lists[i] = nondet_u32() & (LR_STATE | LR_SOURCE_MASK << LR_SOURCE_SHIFT | 3);
        assume((lists[i] & LR_STATE) != LR_STATE && LR_INTID(lists[i]) < SGIS_HERE);
        assume((lists[i] >> LR_SOURCE_SHIFT & LR_SOURCE_MASK) < INTERFACES);
    }
    for (uint32_t sgi = 0; sgi < SGIS_HERE; sgi++) {
        loaded.private->lists[sgi] = lr_encode(sgi, nondet_u32() & 0xff, LR_PENDING);
        sgi_sources[loaded.index].pending[sgi] = (uint8_t)(nondet_u32() & ((1U << INTERFACES) - 1));
        sgi_sources[loaded.index].active[sgi] = (uint8_t)nondet_u32();
        assume(sgi_sources[loaded.index].active[sgi] < INTERFACES && is_sound(sgi));
    }
}

/* What is done. */

static uint32_t sent_sgi = SGIS_HERE, sent_from; /* what was sent, if anything */

static void disable(void)
{
    lists_retire(&loaded, 0, nondet_u32() & ((1U << SGIS_HERE) - 1), true);
}

/** One of its senders sends one, which EL2 has not heard of yet. Returns what there is to hear
 * then. */
static uint32_t sent(void)
{
    sent_sgi = nondet_u32();
    sent_from = nondet_u32();
    assume(sent_sgi < SGIS_HERE && sent_from < INTERFACES);
    sgi_sources[loaded.index].pending[sent_sgi] |= (uint8_t)(1U << sent_from);
    return sgi_not_had(loaded.index, 1U << sent_sgi);
}

static void hear(void)
{
    lists_pend(&loaded, 0, sent());
}

static void hear_and_give_back(void)
{
    lists_recall(&loaded, sent());
}

int main(void)
{
    uint32_t sgi = nondet_u32();
    uint32_t interface = nondet_u32();

    state_any();
    assume(sgi < SGIS_HERE && interface < INTERFACES);
    bool was = times_pending(sgi, interface) != 0;
    uint32_t begun = begun_from(sgi);
    OP();
    bool added = sgi == sent_sgi && interface == sent_from;
    prove(times_pending(sgi, interface) == (was || added ? 1 : 0),
          "what is pending stays so, once");
    prove(begun_from(sgi) == begun, "who sent what has been begun is known");
    prove(is_sound(sgi), "a sender is in a list register, or the SGI is pending beside them");
    return 0;
}
