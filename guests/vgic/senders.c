/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a GICv2 has (IHI 0048B): an SGI is pending for each of its senders and says whose it
 * is, a filter says to whom one is sent, and an SPI goes to CPU interfaces. Those of other machines
 * have no such promises.
 */
#include <stdatomic.h>
#include <stdbool.h>

#include "../kit/gic_registers.h"
#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "other_core.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define SGI 5U

static unsigned other;
static uint8_t here;  /* this core's CPU interface, a bit */
static uint8_t there; /* the other's */
static _Atomic bool over;
static _Atomic unsigned asked; /* SGIs that the other core is to send here, */
static _Atomic unsigned sent;  /* and those that it has sent */
static _Atomic unsigned heard; /* SGIs that it has taken, */
static _Atomic uint8_t whose;  /* and who sent the last one */

static void send(uint32_t filter, uint8_t targets)
{
    uint32_t value = filter | (uint32_t)targets << GICD_SGIR_TARGETS_SHIFT | SGI;

    __asm__ volatile("dsb ishst" : : : "memory");
    mmio_write32(machine()->gicd.start + GICD_SGIR, value);
    interrupt_settle();
}

/** Takes and ends the SGI; who sent it, 0 if none came. */
static uint8_t take_from(void)
{
    uint8_t sender;

    if (interface_take() != SGI) {
        return 0;
    }
    sender = (uint8_t)(1U << interface_sender(SGI));
    interface_end(SGI);
    return sender;
}

/** The other core. */
static void serve(void *context)
{
    (void)context;
    interrupt_clean();
    interrupt_enable(SGI, PRIORITY_MIDDLE);
    while (!atomic_load(&over)) {
        if (interface_next() == SGI) {
            atomic_store(&whose, take_from());
            atomic_fetch_add(&heard, 1);
        }
        if (atomic_load(&asked) > atomic_load(&sent)) {
            send(GICD_SGIR_LISTED, here);
            atomic_fetch_add(&sent, 1);
        }
    }
}

/** Has the other core send one here. */
static bool other_sends(void)
{
    return reaches(&sent, atomic_fetch_add(&asked, 1) + 1);
}

/** Runs @check while the other core serves. */
static const char *with_other(const char *(*check)(void))
{
    const char *wrong;

    if (machine()->gic_version != 2 || machine()->cpu_count < 2) {
        return not_here;
    }
    other = cpu_index() == 0 ? 1 : 0;
    here = gic_cpu_interfaces(cpu_index());
    atomic_store(&over, false);
    atomic_store(&heard, 0);
    interrupt_enable(SGI, PRIORITY_MIDDLE);
    REQUIRE(psci_goes_off(machine()->cpus[other], PATIENCE_NS), "the other core is on");
    REQUIRE(cpu_start(other, serve, NULL) == PSCI_SUCCESS, "the other core did not start");
    REQUIRE(other_sends() && take_from() != 0, "the other core is stuck");
    there = gic_cpu_interfaces(other);
    wrong = check();
    atomic_store(&over, true);
    REQUIRE(psci_goes_off(machine()->cpus[other], PATIENCE_NS), "the other core does not go off");
    return wrong;
}

static const char *two_senders_run(void)
{
    uint8_t senders = 0;

    interface_mask(0);
    REQUIRE(other_sends(), "the other core is stuck");
    send(GICD_SGIR_SELF, 0);
    send(GICD_SGIR_SELF, 0);
    REQUIRE(interrupt_is_pending(SGI), "not seen as pending");
    REQUIRE(interrupt_senders(SGI) == (here | there), "not seen as pending for both senders");
    interface_mask(PRIORITY_MASK_OPEN);
    senders |= take_from();
    senders |= take_from();
    REQUIRE(senders == (here | there), "did not come from both, or said so wrongly");
    REQUIRE(interface_quiet(), "came twice from one of them");
    return NULL;
}

static const char *two_senders(void)
{
    return with_other(two_senders_run);
}

static const char *other_sender_while_active_run(void)
{
    send(GICD_SGIR_SELF, 0);
    REQUIRE(interface_take() == SGI, "did not come");
    REQUIRE(other_sends(), "the other core is stuck");
    REQUIRE(interface_quiet(), "came while it was active");
    REQUIRE(interrupt_is_active(SGI), "not seen as active");
    REQUIRE(interrupt_senders(SGI) == there, "not seen as pending for the other sender");
    interface_end(SGI);
    REQUIRE(take_from() == there, "the other sender's was lost");
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *other_sender_while_active(void)
{
    return with_other(other_sender_while_active_run);
}

static const char *pended_for_senders_run(void)
{
    interface_mask(0);
    interrupt_pend_from(SGI, here | there);
    REQUIRE(interrupt_senders(SGI) == (here | there), "not seen as pending for both");
    interrupt_unpend_from(SGI, here);
    REQUIRE(interrupt_senders(SGI) == there, "not taken back for one, or for both");
    interface_mask(PRIORITY_MASK_OPEN);
    REQUIRE(take_from() == there, "did not come, or from whom it was taken back");
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *pended_for_senders(void)
{
    return with_other(pended_for_senders_run);
}

static const char *filters_run(void)
{
    send(GICD_SGIR_SELF, there);
    REQUIRE(take_from() == here, "to the sender: did not come");
    send(GICD_SGIR_OTHERS, here);
    REQUIRE(reaches(&heard, 1) && atomic_load(&whose) == here, "to all others: did not come there");
    REQUIRE(interface_quiet(), "to all others: came here");
    send(GICD_SGIR_LISTED, here | there);
    REQUIRE(take_from() == here, "to both: did not come here");
    REQUIRE(reaches(&heard, 2) && atomic_load(&whose) == here, "to both: did not come there");
    send(GICD_SGIR_LISTED, 0);
    REQUIRE(interface_quiet(), "to nobody: came here");
    REQUIRE(atomic_load(&heard) == 2, "something came there that was not for it");
    return NULL;
}

static const char *filters(void)
{
    return with_other(filters_run);
}

/** The targets of this core's own interrupts tell it which interface it has, and nothing changes
 * them. */
static const char *targets_of_own(void)
{
    uint64_t targets = machine()->gicd.start + GICD_ITARGETSR;

    if (machine()->gic_version != 2 || machine()->cpu_count < 2) {
        return not_here;
    }
    here = gic_cpu_interfaces(cpu_index());
    REQUIRE(__builtin_popcount(here) == 1, "not one interface");
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        mmio_write8(targets + sgi, (uint8_t)~here);
        REQUIRE(mmio_read8(targets + sgi) == here, "not the own interface");
        REQUIRE(mmio_read32(targets + (sgi & ~3U)) == here * 0x01010101U,
                "not four own interfaces");
    }
    return NULL;
}

/** An SPI that is sent to nobody; then it is sent here. Whether it was pending meanwhile, QEMU
 * 10.0 forgets. */
static const char *target_nobody(void)
{
    uint32_t intid;
    uint64_t target;

    if (machine()->gic_version != 2 || machine()->cpu_count < 2) {
        return not_here;
    }
    REQUIRE(devices_level_count() > 0, "no device with a level");
    intid = devices_level(0);
    target = machine()->gicd.start + GICD_ITARGETSR + intid;
    here = gic_cpu_interfaces(cpu_index());
    interrupt_enable(intid, PRIORITY_MIDDLE);
    mmio_write8(target, 0);
    REQUIRE(mmio_read8(target) == 0, "not the target that was written");
    interrupt_pend(intid);
    REQUIRE(interface_quiet(), "came although it is for nobody");
    mmio_write8(target, here);
    REQUIRE(mmio_read8(target) == here, "not the target that was written");
    interrupt_pend(intid);
    REQUIRE(interface_take() == intid, "did not come");
    interface_end(intid);
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

const struct check checks_senders[] = {
    {"two-senders", two_senders},
    {"other-sender-while-active", other_sender_while_active},
    {"pended-for-senders", pended_for_senders},
    {"sgi-filters", filters},
    {"targets-of-own", targets_of_own},
    {"target-nobody", target_nobody},
    {NULL, NULL},
};
