/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts between cores, and of cores that go off. On a machine with one core there is
 * nothing to promise. */
#include <stdatomic.h>
#include <stdbool.h>

#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "other_core.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define ROUNDS 200U

static unsigned other;
static uint64_t other_mpidr;
static _Atomic unsigned phase; /* how far the other core is; each check begins at 0 */
static _Atomic unsigned taken;

static bool alone(void)
{
    return machine()->cpu_count < 2;
}

static bool other_is_off(void)
{
    return psci_goes_off(other_mpidr, PATIENCE_NS);
}

/** Starts @function on the other core, which was off. */
static bool other_starts(cpu_function *function)
{
    other = cpu_index() == 0 ? 1 : 0;
    other_mpidr = machine()->cpus[other];
    atomic_store(&phase, 0);
    atomic_store(&taken, 0);
    return other_is_off() && cpu_start(other, function, NULL) == PSCI_SUCCESS;
}

/** The same, and waits until @function has begun. */
static bool other_begins(cpu_function *function)
{
    return other_starts(function) && reaches(&phase, 1);
}

/** Has an SPI pending for the other core. */
static void pend_there(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    gic_route(intid, other_mpidr);
    interrupt_pend(intid);
}

/** It took as many interrupts as were sent to it, and nothing came here. */
static const char *other_took_all(void)
{
    REQUIRE(reaches(&phase, 2), "the other core is stuck");
    REQUIRE(atomic_load(&phase) == 2, "the other core got it twice");
    REQUIRE(interface_quiet(), "it came here, too");
    REQUIRE(other_is_off(), "the other core does not go off");
    return NULL;
}

/** Takes and ends SGI 5 ROUNDS times, answers each. */
static void answers(void *context)
{
    (void)context;
    interrupt_clean();
    interrupt_enable(5, PRIORITY_MIDDLE);
    atomic_store(&phase, 1);
    for (unsigned i = 0; i < ROUNDS; i++) {
        while (interface_next() != 5) {
            cpu_wait_for_interrupt();
        }
        if (interface_take() != 5) {
            return;
        }
        interface_end(5);
        atomic_fetch_add(&taken, 1);
    }
    atomic_store(&phase, interface_quiet() ? 2 : 3);
}

static const char *sgi_there(void)
{
    if (alone()) {
        return NULL;
    }
    REQUIRE(other_begins(answers), "the other core did not start");
    interrupt_enable(5, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 2 == 0) {
            gic_send_sgi(5, other_mpidr);
        } else {
            interface_send_others(5);
        }
        REQUIRE(reaches(&taken, i + 1), "the other core did not get it");
    }
    return other_took_all();
}

/** Takes the next one, and ends it. Returns whether it is @sgi. */
static bool takes_one(uint32_t sgi)
{
    bool next = interface_take() == sgi;

    interface_end(sgi);
    return next;
}

/** Gets all SGIs while its mask is closed, then takes them in order. */
static void takes_all(void *context)
{
    (void)context;
    interrupt_clean();
    interface_mask(0);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interrupt_enable(sgi, (uint8_t)(8 + 8 * (sgi * 5 % INTERRUPT_SGIS)));
    }
    atomic_store(&phase, 1);
    (void)reaches(&taken, 1);
    interrupt_settle();
    interface_mask(PRIORITY_MASK_OPEN);
    /* the most urgent */
    bool in_order = interrupt_kick() == INTERRUPT_SGIS || takes_one(interrupt_kick());
    for (uint32_t i = 0; i < INTERRUPT_SGIS && in_order; i++) {
        uint32_t sgi = i * 13 % INTERRUPT_SGIS; /* 13 * 5 = 1 modulo 16 */

        in_order = sgi == interrupt_kick() || takes_one(sgi);
    }
    atomic_store(&phase, in_order && interface_quiet() ? 2 : 3);
}

static const char *sgis_there_in_order(void)
{
    if (alone()) {
        return NULL;
    }
    REQUIRE(other_begins(takes_all), "the other core did not start");
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        gic_send_sgi(sgi, other_mpidr);
    }
    atomic_store(&taken, 1);
    REQUIRE(reaches(&phase, 2), "the other core is stuck");
    REQUIRE(atomic_load(&phase) == 2, "not in order of priority, lost, or twice");
    REQUIRE(other_is_off(), "the other core does not go off");
    return NULL;
}

static void does_nothing(void *context)
{
    (void)context;
}

/** An SGI to a core that is off is of no effect, now and after its start. */
static const char *sgi_to_a_core_that_is_off(void)
{
    if (alone()) {
        return NULL;
    }
    other = cpu_index() == 0 ? 1 : 0;
    other_mpidr = machine()->cpus[other];
    REQUIRE(other_is_off(), "the other core is on");
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        gic_send_sgi(sgi, other_mpidr);
    }
    interface_send_others(5);
    interrupt_settle();
    REQUIRE(other_starts(does_nothing), "the other core did not start");
    REQUIRE(other_is_off(), "the other core does not go off");
    return NULL;
}

/** Takes the SPI ROUNDS times. */
static void takes_spi(void *context)
{
    (void)context;
    interrupt_clean(); /* a core that goes off may leave its private interrupts as they are */
    atomic_store(&phase, 1);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t intid;

        while (interface_next() == INTERRUPT_NONE) {
            cpu_wait_for_interrupt();
        }
        intid = interface_take();
        if (intid == INTERRUPT_NONE) {
            continue;
        }
        interface_end(intid);
        atomic_fetch_add(&taken, 1);
    }
    atomic_store(&phase, interface_quiet() ? 2 : 3);
}

static const char *spi_there(void)
{
    uint32_t intid;

    if (alone()) {
        return NULL;
    }
    REQUIRE(devices_level_count() > 0, "no device with a level");
    intid = devices_level(0);
    REQUIRE(other_begins(takes_spi), "the other core did not start");
    interrupt_enable(intid, PRIORITY_MIDDLE);
    gic_route(intid, other_mpidr);
    REQUIRE(interrupt_is_routed(intid, other), "not the route that was written");
    for (unsigned i = 0; i < ROUNDS; i++) {
        interrupt_pend(intid);
        REQUIRE(reaches(&taken, i + 1), "the other core did not get it");
    }
    return other_took_all();
}

/** Goes off with all kinds of things pending and one active. */
static void goes_off(void *context)
{
    (void)context;
    interrupt_clean();
    interface_mask(0x20);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interrupt_enable(sgi, PRIORITY_MIDDLE);
        interface_send_here(sgi);
    }
    interrupt_enable(timer_intid(TIMER_VIRTUAL), PRIORITY_MIDDLE);
    timer_set(TIMER_VIRTUAL, timer_now());
    atomic_store(&phase, 1);
    (void)reaches(&taken, 1);
    interrupt_settle();
}

/** An SPI that was pending for a core that goes off comes elsewhere when it is routed there. */
static const char *off_with_pending(void)
{
    uint32_t intid;

    if (alone()) {
        return NULL;
    }
    REQUIRE(devices_level_count() > 0, "no device with a level");
    intid = devices_level(0);
    for (unsigned round = 0; round < 20; round++) {
        REQUIRE(other_begins(goes_off), "the other core did not start");
        pend_there(intid);
        atomic_store(&taken, 1);
        REQUIRE(other_is_off(), "the other core does not go off");
        gic_route(intid, cpu_mpidr());
        REQUIRE(interface_take() == intid, "lost with the core that went off");
        interface_end(intid);
        REQUIRE(interface_quiet(), "came twice");
        interrupt_disable(intid);
    }
    return NULL;
}

/** Is on, with interrupts masked, and never takes what comes, until it is told to. */
static void keeps(void *context)
{
    (void)context;
    interrupt_clean();
    interface_mask(0);
    atomic_store(&phase, 1);
    (void)reaches(&taken, 1);
    interface_mask(PRIORITY_MASK_OPEN);
    atomic_store(&phase, interface_quiet() ? 2 : 3);
}

/** An SPI that is pending for a core which does not take it comes elsewhere when it is routed
 * there. */
static const char *moved_while_pending(void)
{
    uint32_t intid;

    if (alone()) {
        return NULL;
    }
    REQUIRE(devices_level_count() > 0, "no device with a level");
    intid = devices_level(0);
    for (unsigned round = 0; round < 20; round++) {
        REQUIRE(other_begins(keeps), "the other core did not start");
        pend_there(intid);
        interrupt_settle();
        gic_route(intid, cpu_mpidr());
        REQUIRE(interface_take() == intid, "lost by its new route");
        interface_end(intid);
        atomic_store(&taken, 1);
        REQUIRE(reaches(&phase, 2), "the other core is stuck");
        REQUIRE(atomic_load(&phase) == 2, "came twice: at its old place, too");
        interrupt_disable(intid);
        REQUIRE(other_is_off(), "the other core does not go off");
    }
    return NULL;
}

/** A core disables an SPI that is pending for another one. */
static const char *disabled_from_elsewhere(void)
{
    uint32_t intid;

    if (alone()) {
        return NULL;
    }
    REQUIRE(devices_level_count() > 0, "no device with a level");
    intid = devices_level(0);
    REQUIRE(other_begins(keeps), "the other core did not start");
    pend_there(intid);
    interrupt_settle();
    interrupt_disable(intid);
    atomic_store(&taken, 1);
    REQUIRE(reaches(&phase, 2), "the other core is stuck");
    REQUIRE(atomic_load(&phase) == 2, "came although it is disabled");
    REQUIRE(other_is_off(), "the other core does not go off");
    interrupt_unpend(intid);
    return NULL;
}

const struct check checks_cores[] = {
    {"sgi-to-a-core-that-is-off", sgi_to_a_core_that_is_off},
    {"sgi-there", sgi_there},
    {"sgis-there-in-order", sgis_there_in_order},
    {"spi-there", spi_there},
    {"off-with-pending", off_with_pending},
    {"moved-while-pending", moved_while_pending},
    {"disabled-from-elsewhere", disabled_from_elsewhere},
    {NULL, NULL},
};
