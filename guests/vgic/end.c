/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an interrupt in two steps (EOImode 1): the priority drops at once, the deactivation
 * comes when it will. */
#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "kit/timer.h"

/** Takes @intid and drops its priority. */
static const char *take_and_drop(uint32_t intid)
{
    REQUIRE(interface_take() == intid, "did not come");
    interface_end(intid);
    REQUIRE(interface_running() == PRIORITY_IDLE, "its priority did not drop");
    REQUIRE(interrupt_is_active(intid), "no longer active before its deactivation");
    return NULL;
}

static const char *split_one(uint32_t intid)
{
    const char *wrong;

    interface_split(true);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_pend(intid);
    wrong = take_and_drop(intid);
    REQUIRE(wrong == NULL, wrong);
    interrupt_pend(intid);
    REQUIRE(interface_quiet(), "came again before its deactivation");
    interface_deactivate(intid);
    wrong = take_and_drop(intid);
    REQUIRE(wrong == NULL, wrong);
    interface_deactivate(intid);
    REQUIRE(!interrupt_is_active(intid), "active after its deactivation");
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *split(void)
{
    const char *wrong = split_one(6);

    if (wrong == NULL && devices_level_count() > 0) {
        wrong = split_one(devices_level(0));
    }
    if (wrong == NULL && devices_edge_count() > 0) {
        wrong = split_one(devices_edge(0));
    }
    return wrong;
}

/** Those less urgent come while one waits for its deactivation. */
static const char *split_lets_others_in(void)
{
    const char *wrong;

    interface_split(true);
    interrupt_enable(1, 0x10);
    interrupt_enable(2, 0xe0);
    interface_send_here(1);
    wrong = take_and_drop(1);
    REQUIRE(wrong == NULL, wrong);
    interface_send_here(2);
    wrong = take_and_drop(2);
    REQUIRE(wrong == NULL, wrong);
    interface_deactivate(1);
    interface_deactivate(2);
    REQUIRE(!interrupt_is_active(1) && !interrupt_is_active(2), "active after its deactivation");
    return NULL;
}

static unsigned collect(uint32_t intids[static 32])
{
    unsigned count = 0;

    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        intids[count++] = sgi;
    }
    for (unsigned i = 0; i < devices_level_count(); i++) {
        intids[count++] = devices_level(i);
    }
    for (unsigned i = 0; i < devices_edge_count(); i++) {
        intids[count++] = devices_edge(i);
    }
    return count;
}

/** As many as there are wait for their deactivation, which comes in an order of its own. */
static const char *split_many(void)
{
    uint32_t intids[32];
    unsigned count = collect(intids);
    unsigned step = count % 5 != 0 ? 5 : 7;

    interface_split(true);
    for (unsigned i = 0; i < count; i++) {
        interrupt_enable(intids[i], (uint8_t)(8 * (i * 3 % 29)));
    }
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < count; i++) {
            const char *wrong;

            interrupt_pend(intids[i]);
            wrong = take_and_drop(intids[i]);
            REQUIRE(wrong == NULL, wrong);
        }
        for (unsigned i = 0; i < count; i++) {
            uint32_t intid = intids[i * step % count];

            REQUIRE(interrupt_is_active(intid), "no longer active");
            interface_deactivate(intid);
            REQUIRE(!interrupt_is_active(intid), "active after its deactivation");
        }
        REQUIRE(interface_quiet(), "something came twice");
    }
    return NULL;
}

/** All pending again while all are active: each comes after its own deactivation. */
static const char *split_many_again(void)
{
    interface_split(true);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        const char *wrong;

        interrupt_enable(sgi, PRIORITY_MIDDLE);
        interface_send_here(sgi);
        wrong = take_and_drop(sgi);
        REQUIRE(wrong == NULL, wrong);
    }
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interface_send_here(sgi);
    }
    REQUIRE(interface_quiet(), "came while it was active");
    for (uint32_t i = 0; i < INTERRUPT_SGIS; i++) {
        uint32_t sgi = i * 5 % INTERRUPT_SGIS;
        const char *wrong;

        REQUIRE(interrupt_is_pending(sgi) && interrupt_is_active(sgi),
                "not seen as active and pending");
        interface_deactivate(sgi);
        wrong = take_and_drop(sgi);
        REQUIRE(wrong == NULL, wrong);
        interface_deactivate(sgi);
        REQUIRE(!interrupt_is_active(sgi), "active after its deactivation");
    }
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

/** Deactivated by its register in the distributor instead. */
static const char *inactivated_one(uint32_t intid)
{
    interface_split(true);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 10; i++) {
        const char *wrong;

        interrupt_pend(intid);
        wrong = take_and_drop(intid);
        REQUIRE(wrong == NULL, wrong);
        interrupt_inactivate(intid);
        REQUIRE(!interrupt_is_active(intid), "active after it was cleared");
        REQUIRE(interface_quiet(), "came twice");
    }
    return NULL;
}

static const char *inactivated(void)
{
    const char *wrong = inactivated_one(6);

    if (wrong == NULL) {
        wrong = inactivated_one(timer_intid(TIMER_VIRTUAL));
    }
    if (wrong == NULL && devices_level_count() > 0) {
        wrong = inactivated_one(devices_level(0));
    }
    if (wrong == NULL && devices_edge_count() > 0) {
        wrong = inactivated_one(devices_edge(0));
    }
    return wrong;
}

static const char *deactivation_of_nothing(void)
{
    interface_split(true);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interface_deactivate(sgi);
    }
    interface_deactivate(INTERRUPT_NONE);
    interface_deactivate(timer_intid(TIMER_VIRTUAL));
    if (devices_level_count() > 0) {
        interface_deactivate(devices_level(0));
    }
    return split();
}

/** A timer whose handler deactivates it only much later: how Linux passes interrupts on. */
static const char *split_timer(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);
    const char *wrong;

    interface_split(true);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    timer_set(TIMER_VIRTUAL, timer_now());
    wrong = take_and_drop(intid);
    REQUIRE(wrong == NULL, wrong);
    REQUIRE(interface_quiet(), "came again before its deactivation");
    interface_deactivate(intid);
    wrong = take_and_drop(intid);
    REQUIRE(wrong == NULL, "did not come again although its level is high");
    timer_stop(TIMER_VIRTUAL);
    interface_deactivate(intid);
    REQUIRE(interface_quiet(), "came although its level is low");
    return NULL;
}

const struct check checks_end[] = {
    {"split", split},
    {"split-lets-others-in", split_lets_others_in},
    {"split-many", split_many},
    {"split-many-again", split_many_again},
    {"split-timer", split_timer},
    {"inactivated", inactivated},
    {"deactivation-of-nothing", deactivation_of_nothing},
    {NULL, NULL},
};
