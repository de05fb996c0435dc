/* SPDX-License-Identifier: Apache-2.0 */
/* An interrupt comes when it should, once, and as what it is. */
#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "kit/timer.h"

#define TIMER_AHEAD_NS UINT64_C(50000)

/** Takes @intid and ends it; then nothing else comes. */
static const char *comes_once(uint32_t intid)
{
    REQUIRE(interface_take() == intid, "did not come");
    interface_end(intid);
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *sgi_here(void)
{
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        const char *wrong;

        interrupt_enable(sgi, PRIORITY_MIDDLE);
        interface_send_here(sgi);
        wrong = comes_once(sgi);
        REQUIRE(wrong == NULL, wrong);
    }
    return NULL;
}

static const char *sgi_twice(void)
{
    interrupt_enable(3, PRIORITY_MIDDLE);
    interface_send_here(3);
    interface_send_here(3);
    return comes_once(3);
}

static const char *sgi_while_active(void)
{
    interrupt_enable(3, PRIORITY_MIDDLE);
    interface_send_here(3);
    REQUIRE(interface_take() == 3, "did not come");
    interface_send_here(3);
    REQUIRE(interface_quiet(), "came while it was active");
    REQUIRE(interrupt_is_pending(3) && interrupt_is_active(3), "not seen as active and pending");
    interface_end(3);
    return comes_once(3);
}

static const char *sgi_by_register(void)
{
    interrupt_enable(9, PRIORITY_MIDDLE);
    interrupt_pend(9);
    return comes_once(9);
}

static const char *timer(enum timer which)
{
    uint32_t intid = timer_intid(which);

    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 20; i++) {
        uint64_t due = timer_now() + timer_from_ns(TIMER_AHEAD_NS);

        timer_set(which, due);
        REQUIRE(interface_take() == intid, "did not come");
        REQUIRE(timer_now() >= due, "came too early");
        timer_stop(which);
        interface_end(intid);
        REQUIRE(interface_quiet(), "came twice");
    }
    timer_set(which, timer_now());
    for (unsigned i = 0; i < 20; i++) {
        REQUIRE(interface_take() == intid, "did not come again although its level is high");
        interface_end(intid);
    }
    timer_stop(which);
    (void)interface_take(); /* the level may have been seen before it fell */
    interface_end(intid);
    REQUIRE(interface_quiet(), "came although its level is low");
    return NULL;
}

static const char *timer_virtual(void)
{
    return timer(TIMER_VIRTUAL);
}

static const char *timer_physical(void)
{
    return timer(TIMER_PHYSICAL);
}

static const char *timers_together(void)
{
    uint32_t first = timer_intid(TIMER_PHYSICAL);
    uint32_t second = timer_intid(TIMER_VIRTUAL);

    interrupt_enable(first, 0x20);
    interrupt_enable(second, 0x40);
    timer_set(TIMER_VIRTUAL, timer_now());
    timer_set(TIMER_PHYSICAL, timer_now());
    interrupt_settle();
    REQUIRE(interface_take() == first, "the more urgent one did not come first");
    timer_stop(TIMER_PHYSICAL);
    interface_end(first);
    REQUIRE(interface_take() == second, "the less urgent one did not come");
    timer_stop(TIMER_VIRTUAL);
    interface_end(second);
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

static const char *spi_level(void)
{
    uint32_t intid;

    REQUIRE(devices_can_raise(), "no device with a level");
    intid = devices_level(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 20; i++) {
        devices_raise();
        REQUIRE(interface_take() == intid, "did not come");
        devices_lower();
        interface_end(intid);
        REQUIRE(interface_quiet(), "came although its level is low");
    }
    devices_raise();
    for (unsigned i = 0; i < 20; i++) {
        REQUIRE(interface_take() == intid, "did not come again although its level is high");
        interface_end(intid);
    }
    REQUIRE(interface_take() == intid, "did not come again");
    devices_lower();
    interface_end(intid);
    REQUIRE(interface_quiet(), "came although its level is low");
    return NULL;
}

static const char *pended_spi(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 20; i++) {
        const char *wrong;

        interrupt_pend(intid);
        wrong = comes_once(intid);
        REQUIRE(wrong == NULL, wrong);
    }
    return NULL;
}

static const char *spi_level_pended(void)
{
    REQUIRE(devices_level_count() > 0, "no device with a level");
    return pended_spi(devices_level(0));
}

static const char *spi_edge(void)
{
    REQUIRE(devices_edge_count() > 0, "no device with an edge");
    return pended_spi(devices_edge(0));
}

static const char *spi_edge_while_active(void)
{
    uint32_t intid;

    REQUIRE(devices_edge_count() > 0, "no device with an edge");
    intid = devices_edge(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_pend(intid);
    REQUIRE(interface_take() == intid, "did not come");
    interrupt_pend(intid);
    REQUIRE(interface_quiet(), "came while it was active");
    REQUIRE(interrupt_is_active(intid) && interrupt_is_pending(intid),
            "not seen as active and pending");
    interface_end(intid);
    return comes_once(intid);
}

static const char *nothing(void)
{
    REQUIRE(interface_next() == INTERRUPT_NONE, "something is pending");
    REQUIRE(interface_quiet(), "something came");
    interface_end(INTERRUPT_NONE);
    REQUIRE(interface_running() == PRIORITY_IDLE, "something is active");
    return NULL;
}

const struct check checks_delivery[] = {
    {"nothing", nothing},
    {"sgi-here", sgi_here},
    {"sgi-twice", sgi_twice},
    {"sgi-while-active", sgi_while_active},
    {"sgi-by-register", sgi_by_register},
    {"timer-virtual", timer_virtual},
    {"timer-physical", timer_physical},
    {"timers-together", timers_together},
    {"spi-level", spi_level},
    {"spi-level-pended", spi_level_pended},
    {"spi-edge", spi_edge},
    {"spi-edge-while-active", spi_edge_while_active},
    {NULL, NULL},
};
